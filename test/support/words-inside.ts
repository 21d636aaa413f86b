const runOfBase64 = /[A-Za-z0-9+/_-]{12,}={0,2}/g;

/**
 * Which of these words stand in a text: as they are, escaped as JSON, in an address or in XML do it, or
 * in base64 within. `words` are by what they are, which is what is returned.
 */
export function wordsInside(text: string, words: ReadonlyMap<string, string>): string[] {
  const decoded = [...text.matchAll(runOfBase64)].map(([run]) =>
    Buffer.from(run, 'base64').toString('utf8'),
  );
  const texts = [text, ...decoded];
  return [...words].flatMap(([what, word]) => {
    const json = JSON.stringify(word).slice(1, -1);
    const ascii = json.replace(
      /[^ -~]/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
    const forms = new Set([word, json, ascii, encodeURIComponent(word), encodeURI(word)]);
    return texts.some((one) => [...forms].some((form) => one.includes(form))) ? [what] : [];
  });
}
