import { NodeHttpHandler, type NodeHttpHandlerOptions } from '@smithy/node-http-handler';
import { HttpProxyAgent, HttpsProxyAgent } from 'hpagent';
import { getProxyForUrl } from 'proxy-from-env';

type Handle = Parameters<NodeHttpHandler['handle']>;

/** Sends the SDK's requests through the proxy that `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` ask for. */
export class ProxiedHandler extends NodeHttpHandler {
  readonly #byProxy = new Map<string, NodeHttpHandler>();

  constructor(private readonly options: NodeHttpHandlerOptions) {
    super(options);
  }

  override async handle(...[request, options]: Handle) {
    const { protocol, hostname, port } = request;
    const proxy = getProxyForUrl(`${protocol}//${hostname}${port ? `:${port}` : ''}`);
    if (!proxy) return super.handle(request, options);
    try {
      return await this.#through(proxy).handle(request, options);
    } catch (error) {
      // Nobody would look for the fault there; its host only, since an address can have a password.
      if (error instanceof Error) error.message += ` (through the proxy ${new URL(proxy).host})`;
      throw error;
    }
  }

  #through(proxy: string): NodeHttpHandler {
    const handler =
      this.#byProxy.get(proxy) ??
      new NodeHttpHandler({
        ...this.options,
        httpAgent: new HttpProxyAgent({ proxy, keepAlive: true }),
        httpsAgent: new HttpsProxyAgent({ proxy, keepAlive: true }),
      });
    this.#byProxy.set(proxy, handler);
    return handler;
  }
}
