import { MemoryRecordStore } from '../../support/memory-record-store.ts';
import { recordStoreContract } from '../../support/record-store-contract.ts';

recordStoreContract('in memory, for tests', () =>
  Promise.resolve({ store: new MemoryRecordStore(), close: () => undefined }),
);
