import type { ObjectStore } from '../../shared/objects/object-store.ts';
import type { RecordStore } from '../../shared/store/record-store.ts';

class NotGranted extends Error {}

type Check = (action: string, resource: string, condition?: string) => void;

/**
 * Passes what the grants allow, as IAM would, and throws for anything else. `grants` as grants.ts
 * writes them; `denied` gets what was tried in vain.
 */
export function checkerOf(grants: readonly string[], denied: string[]): Check {
  return (action, resource, condition) => {
    const wanted = `${action} on ${resource}${condition === undefined ? '' : ` if ${condition}`}`;
    const allowed = grants.some(
      (grant) =>
        grant === wanted ||
        // A grant without a condition holds under every condition.
        grant === `${action} on ${resource}` ||
        (grant.endsWith('*') && wanted.startsWith(grant.slice(0, -1))),
    );
    if (allowed) return;
    denied.push(wanted);
    throw new NotGranted(wanted);
  };
}

/** Which of DynamoDB's actions each method of the port comes to, in the adapter for it. */
export function guardedRecords(
  store: RecordStore,
  table: 'SubmissionsTable' | 'RegistryTable',
  check: Check,
): RecordStore {
  const on = (actions: readonly string[], pk: string, index?: string): void => {
    const resource = `{${table}}${index === undefined ? '' : `/index/${index}`}`;
    const condition = table === 'RegistryTable' ? `dynamodb:LeadingKeys is ${pk}` : undefined;
    for (const action of actions) check(`dynamodb:${action}`, resource, condition);
  };
  return {
    get: async (key) => {
      on(['GetItem'], key.pk);
      return store.get(key);
    },
    put: async (record) => {
      on(['PutItem'], record.pk);
      await store.put(record);
    },
    forget: () => store.forget(),
    // What is found in a conditional put's way may have to be read again.
    putIfAbsent: async (record) => {
      on(['PutItem', 'GetItem'], record.pk);
      return store.putIfAbsent(record);
    },
    putIfRevision: async (record, revision) => {
      on(['PutItem', 'GetItem'], record.pk);
      return store.putIfRevision(record, revision);
    },
    query: async (range, options) => {
      on(['Query'], range.partition, range.index);
      // An index holds keys alone: the records are read after it.
      if (range.index !== undefined) on(['BatchGetItem'], range.partition);
      return store.query(range, options);
    },
    delete: async (key) => {
      on(['DeleteItem'], key.pk);
      await store.delete(key);
    },
  };
}

/** Which of S3's actions each method of the port comes to, in the adapter for it. */
export function guardedObjects(store: ObjectStore, check: Check): ObjectStore {
  const on = (actions: readonly string[], key: string): void => {
    for (const action of actions) check(`s3:${action}`, `{ObjectsBucket}/${key}`);
  };
  /** S3 tells only those who may list that something is not there. */
  const found = <T>(value: T | undefined): T | undefined => {
    if (value === undefined) check('s3:ListBucket', '{ObjectsBucket}');
    return value;
  };
  return {
    put: async (key, body, headers) => {
      on(['PutObject'], key);
      return store.put(key, body, headers);
    },
    putIfAbsent: async (key, body, headers) => {
      on(['PutObject'], key);
      return store.putIfAbsent(key, body, headers);
    },
    putIfMatch: async (key, body, headers, etag) => {
      on(['PutObject', 'GetObject'], key);
      return store.putIfMatch(key, body, headers, etag);
    },
    join: async (key, parts, headers, condition) => {
      for (const part of parts) on(['GetObject'], part);
      on(['PutObject', 'AbortMultipartUpload'], key);
      return store.join(key, parts, headers, condition);
    },
    info: async (key) => {
      on(['GetObject'], key);
      return found(await store.info(key));
    },
    get: async (key, range) => {
      on(['GetObject'], key);
      return found(await store.get(key, range));
    },
    async *list(prefix) {
      check('s3:ListBucket', '{ObjectsBucket}', `s3:prefix is ${prefix}`);
      yield* store.list(prefix);
    },
    delete: async (key) => {
      on(['DeleteObject'], key);
      await store.delete(key);
    },
    downloadLink: (key) => {
      on(['GetObject'], key);
      return Promise.resolve(`https://objects.example/${key}`);
    },
    uploadLink: (key) => {
      on(['PutObject'], key);
      return Promise.resolve(`https://objects.example/${key}`);
    },
  };
}
