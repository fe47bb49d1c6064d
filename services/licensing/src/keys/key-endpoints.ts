import type { Database } from '@gatehouse/db';
import type { AnyEndpoint } from '@gatehouse/http';
import type { ServiceDeps } from '@gatehouse/service';
import type { ApiKeyAdmits } from '../api-key.ts';
import { createKeyEndpoint } from './create-key.ts';
import { createKeyBatchEndpoint } from './create-key-batch.ts';
import { deleteKeyEndpoint } from './delete-key.ts';
import { deleteKeysEndpoint } from './delete-keys.ts';
import { getKeyEndpoint } from './get-key.ts';
import { createKeyCountFolder } from './key-count-folder.ts';
import { listKeysEndpoint } from './list-keys.ts';
import { resetHwidsEndpoint } from './reset-hwids.ts';
import { updateKeyEndpoint } from './update-key.ts';

/** The endpoints under `/keys` that manage keys. Fixed paths stand before `/keys/:keyId`. */
export function keyEndpoints(deps: ServiceDeps, admits: ApiKeyAdmits): AnyEndpoint<Database>[] {
  const folder = createKeyCountFolder(deps.db, deps.log);
  return [
    listKeysEndpoint(admits, folder),
    createKeyEndpoint(admits),
    createKeyBatchEndpoint(admits),
    deleteKeysEndpoint(deps, admits),
    getKeyEndpoint(admits),
    updateKeyEndpoint(deps, admits),
    deleteKeyEndpoint(deps, admits),
    resetHwidsEndpoint(deps, admits),
  ];
}
