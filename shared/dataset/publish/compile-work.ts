import { derivedDatasetIds } from '../../ids.ts';
import type { CompileDeps } from '../compile-deps.ts';

/** What a compile has to do: all shards first, then the datasets in this order. */
export interface CompileWork {
  readonly collect: readonly { readonly formId: string; readonly shard: number }[];
  readonly publish: readonly string[];
}

/** Every shard of every form that was ever published, closed ones too; their datasets, then the derived ones. */
export async function compileWork(deps: Pick<CompileDeps, 'forms'>): Promise<CompileWork> {
  const forms = (await deps.forms.list()).filter(({ versions }) => versions.length > 0);
  return {
    collect: forms.flatMap(({ formId, shards }) =>
      Array.from({ length: shards }, (_, shard) => ({ formId, shard })),
    ),
    publish: [...forms.map(({ formId }) => formId), ...derivedDatasetIds],
  };
}
