import { JSDOM } from 'jsdom';
import * as z from 'zod';
import type { EngineFile, EngineReply, Filled, FillRequest, Setting } from './xforms-engine.ts';
import type {
  EngineModule,
  EngineNode,
  FetchMedia,
  InstanceConfig,
  RepeatRange,
} from './xforms-engine-types.ts';

/** What the engine expects of a browser. */
const browserGlobals = [
  'window',
  'document',
  'localStorage',
  'DOMParser',
  'XMLSerializer',
  'XPathResult',
  'Node',
  'Element',
  'Document',
  'Attr',
  'Text',
];
const { window } = new JSDOM('', { url: 'http://localhost/' });
for (const name of browserGlobals) {
  Object.defineProperty(globalThis, name, { value: window[name], configurable: true });
}
Object.defineProperty(globalThis, '__dirname', { value: import.meta.dirname });
const engine = z.custom<EngineModule>().parse(await import('@getodk/xforms-engine'));

const config: InstanceConfig = {
  instanceAttachments: {
    fileNameFactory: ({ basename, extension }) => `${basename}${extension ?? ''}`,
  },
  preloadProperties: { deviceID: 'engine:1', email: '', username: 'engine', phoneNumber: '' },
};

process.on('message', (request: FillRequest) => {
  fill(request).then(
    (filled) => reply({ done: true, filled }),
    (error: unknown) => reply({ done: false, error: reasonOf(error) }),
  );
});

function reply(answer: EngineReply): void {
  process.send?.(answer);
}

function reasonOf(error: unknown): string {
  return error instanceof Error
    ? `${error.message}\n${reasonOf(error.cause ?? '')}`
    : String(error);
}

async function fill(request: FillRequest): Promise<Filled> {
  const { form, media = [], settings = [], files = [] } = request;
  const loaded = await engine.loadForm(form, { fetchFormAttachment: offer(media) });
  if (loaded.status === 'failure') throw loaded.error;
  const { root } = loaded.createInstance(config);
  const problems = (loaded.warnings ?? []).map(String);
  for (const setting of settings) {
    const problem = set(root, setting, files);
    if (problem !== undefined) problems.push(`${setting.reference}: ${problem}`);
  }
  const violations = root.validationState.violations.map(({ reference, violation }) => ({
    reference,
    condition: violation.condition,
  }));
  const values = [...leaves(root)];
  if (request.valuesOnly === true) return { problems, values, violations, xml: '', files: [] };
  const payload = await root.prepareInstancePayload();
  return { problems, values, violations, ...(await contents(payload.data[0])) };
}

function offer(media: readonly EngineFile[]): FetchMedia {
  return (url) => {
    const name = decodeURIComponent(url.href.slice(url.href.lastIndexOf('/') + 1));
    const file = media.find((one) => one.name === name);
    if (file === undefined) return Promise.resolve({ status: 404, ok: false, ...bodyOf('') });
    // Without headers the engine goes by the file's name, as it does behind many servers.
    return Promise.resolve({ status: 200, ok: true, ...bodyOf(Uint8Array.from(file.bytes)) });
  };
}

function bodyOf(content: string | Uint8Array<ArrayBuffer>) {
  const blob = new Blob([content]);
  return { blob: () => Promise.resolve(blob), text: () => blob.text() };
}

/** Gives one answer; returns what hindered it. */
function set(
  root: EngineNode,
  { reference, value }: Setting,
  files: readonly EngineFile[],
): string | undefined {
  let node: EngineNode = root;
  for (const step of reference.split('/').slice(2)) {
    const [, name = '', index] = /^([^[]+)(?:\[(\d+)\])?$/.exec(step) ?? [];
    const children: readonly EngineNode[] = node.currentState.children ?? [];
    const child = children.find((one) => nameOf(one) === name);
    if (child === undefined) return 'no such node';
    if (isRange(child) && index === undefined) return removeAll(child);
    node = isRange(child) ? instanceOf(child, Number(index)) : child;
  }
  switch (node.nodeType) {
    case 'input':
    case 'range':
      node.setValue(value);
      return undefined;
    case 'select':
      node.selectValues(codesOf(value));
      return undefined;
    case 'rank':
      node.setValues(codesOf(value));
      return undefined;
    case 'trigger':
      node.setValue(value === 'OK');
      return undefined;
    case 'upload': {
      const file = files.find(({ name }) => name === value);
      if (file === undefined) return 'no such file';
      node.setValue(new File([Uint8Array.from(file.bytes)], file.name, { type: file.type }));
      return undefined;
    }
    default:
      return `nobody answers a ${node.nodeType}`;
  }
}

function isRange(node: EngineNode): node is RepeatRange {
  return node.nodeType.startsWith('repeat-range');
}

/** As a person does who says that there is none. */
function removeAll(range: RepeatRange): string | undefined {
  const present = range.currentState.children?.length ?? 0;
  if (present === 0) return undefined;
  if (range.nodeType !== 'repeat-range:uncontrolled') return 'the form counts its instances';
  range.removeInstances(0, present);
  return undefined;
}

function instanceOf(range: RepeatRange, index: number): EngineNode {
  const present = range.currentState.children?.length ?? 0;
  if (index > present && range.nodeType === 'repeat-range:uncontrolled') {
    range.addInstances(present - 1, index - present);
  }
  const instance = range.currentState.children?.[index - 1];
  if (instance === undefined) throw new Error(`${range.currentState.reference} has no ${index}`);
  return instance;
}

function nameOf(node: EngineNode): string {
  const { reference } = node.currentState;
  return reference.slice(reference.lastIndexOf('/') + 1).replace(/\[\d+\]$/, '');
}

const codesOf = (value: string): string[] => value.split(' ').filter((code) => code !== '');

function* leaves(node: EngineNode): Generator<Setting> {
  const { relevant, reference, instanceValue, children } = node.currentState;
  if (!relevant) return;
  if (instanceValue !== undefined) yield { reference, value: instanceValue };
  for (const child of children ?? []) yield* leaves(child);
}

async function contents(data: FormData): Promise<Pick<Filled, 'xml' | 'files'>> {
  let xml = '';
  const files: EngineFile[] = [];
  for (const [name, file] of data.entries()) {
    if (typeof file === 'string') continue;
    if (name === 'xml_submission_file') xml = await file.text();
    else files.push({ name, type: file.type, bytes: new Uint8Array(await file.arrayBuffer()) });
  }
  return { xml, files };
}
