import ts from 'typescript';

/** Files of the disk, which no test changes: parsed once for all programs of the same options. */
const parsed = new WeakMap<ts.CompilerOptions, Map<string, ts.SourceFile | undefined>>();

/** A program whose roots are texts, by the path at which they are to stand among the files that there are. */
export function programOf(
  texts: ReadonlyMap<string, string>,
  options: ts.CompilerOptions,
): ts.Program {
  const disk = ts.createCompilerHost(options);
  const files = parsed.get(options) ?? new Map<string, ts.SourceFile | undefined>();
  parsed.set(options, files);
  const host: ts.CompilerHost = {
    ...disk,
    fileExists: (name) => texts.has(name) || disk.fileExists(name),
    readFile: (name) => texts.get(name) ?? disk.readFile(name),
    getSourceFile: (name, version) => {
      const text = texts.get(name);
      if (text !== undefined) return ts.createSourceFile(name, text, version);
      const file = files.get(name) ?? disk.getSourceFile(name, version);
      files.set(name, file);
      return file;
    },
  };
  return ts.createProgram([...texts.keys()], options, host);
}
