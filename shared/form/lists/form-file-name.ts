/** What manifests, folders and URLs can all call a file. */
const fileName = /^(?!\.)[^/\\:*?"<>|\p{Cc}]{1,200}$/u;

/** True for what a file of a form can be called. */
export function isFormFileName(name: string): boolean {
  return fileName.test(name) && name.isWellFormed();
}
