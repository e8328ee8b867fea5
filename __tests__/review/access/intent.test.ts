import * as granted from '../../../policies/actions';
import { MEANT } from '../../../review/access/intent';

test('the actions that the review means are the ones that the policies grant', () => {
  expect(MEANT).toEqual({
    assumeRole: granted.ASSUME_ROLE,
    createLog: granted.CREATE_LOG,
    writeLog: granted.WRITE_LOG,
    readStream: granted.READ_STREAM,
    listStreams: granted.LIST_STREAMS,
    decrypt: granted.DECRYPT,
    listObjects: granted.LIST_OBJECTS,
    writeObject: granted.WRITE_OBJECT,
    publish: granted.PUBLISH,
    publishEncrypted: granted.PUBLISH_ENCRYPTED,
    administerKey: granted.ADMINISTER_KEY,
  });
  expect(Object.keys(MEANT)).toHaveLength(Object.keys(granted).length);
});
