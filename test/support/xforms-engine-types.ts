/** As much of the engine as we drive. Its own types name files that its package lacks. */
export interface EngineModule {
  loadForm(form: string, options: { fetchFormAttachment: FetchMedia }): PromiseLike<LoadedForm>;
}

export type FetchMedia = (url: { readonly href: string }) => Promise<{
  readonly ok: boolean;
  readonly status: number;
  readonly blob: () => Promise<Blob>;
  readonly text: () => Promise<string>;
}>;

type LoadedForm =
  | { readonly status: 'failure'; readonly error: Error }
  | {
      readonly status: 'success' | 'warning';
      readonly warnings: readonly unknown[] | null;
      createInstance(config: InstanceConfig): { readonly root: RootNode };
    };

export interface InstanceConfig {
  readonly instanceAttachments: {
    fileNameFactory(meta: { readonly basename: string; readonly extension: string | null }): string;
  };
  readonly preloadProperties: Readonly<
    Record<'deviceID' | 'email' | 'username' | 'phoneNumber', string>
  >;
}

interface Node<Type extends string> {
  readonly nodeType: Type;
  readonly currentState: {
    readonly reference: string;
    readonly relevant: boolean;
    readonly children: readonly EngineNode[] | null;
    /** Of a leaf: the text that the instance holds. */
    readonly instanceValue?: string;
  };
}

interface RootNode extends Node<'root'> {
  readonly validationState: {
    readonly violations: readonly {
      readonly reference: string;
      readonly violation: { readonly condition: string };
    }[];
  };
  prepareInstancePayload(): Promise<{ readonly data: readonly [FormData] }>;
}

interface OpenRepeat extends Node<'repeat-range:uncontrolled'> {
  addInstances(afterIndex: number, count: number): unknown;
  removeInstances(startIndex: number, count: number): unknown;
}

export type RepeatRange = OpenRepeat | Node<'repeat-range:controlled'>;

export type EngineNode =
  | RootNode
  | RepeatRange
  | Node<'group' | 'repeat-instance' | 'note' | 'model-value'>
  | (Node<'input' | 'range'> & { setValue(value: string): unknown })
  | (Node<'select'> & { selectValues(codes: readonly string[]): unknown })
  | (Node<'rank'> & { setValues(codes: readonly string[]): unknown })
  | (Node<'trigger'> & { setValue(value: boolean): unknown })
  | (Node<'upload'> & { setValue(value: File): unknown });
