import { MemoryObjectStore } from '../../support/memory-object-store.ts';
import { objectStoreContract } from '../../support/object-store-contract.ts';

objectStoreContract('memory', () =>
  Promise.resolve({ store: new MemoryObjectStore(), close: () => undefined }),
);
