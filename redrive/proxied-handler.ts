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

  override handle(...[request, options]: Handle): ReturnType<NodeHttpHandler['handle']> {
    const { protocol, hostname, port } = request;
    const proxy = getProxyForUrl(`${protocol}//${hostname}${port ? `:${port}` : ''}`);
    return proxy ? this.#through(proxy).handle(request, options) : super.handle(request, options);
  }

  override destroy(): void {
    super.destroy();
    for (const handler of this.#byProxy.values()) handler.destroy();
  }

  #through(proxy: string): NodeHttpHandler {
    const known = this.#byProxy.get(proxy);
    if (known) return known;
    const handler = new NodeHttpHandler({
      ...this.options,
      httpAgent: new HttpProxyAgent({ proxy, keepAlive: true }),
      httpsAgent: new HttpsProxyAgent({ proxy, keepAlive: true }),
    });
    this.#byProxy.set(proxy, handler);
    return handler;
  }
}
