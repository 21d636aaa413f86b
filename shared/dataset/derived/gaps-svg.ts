import { xmlText } from '../../xml-text.ts';
import type { GapMatrix } from './gap-matrix.ts';

export const svgMediaType = 'image/svg+xml';

const cell = { width: 46, height: 28 };
const labels = { left: 300, top: 150, character: 7.2 };
const foot = 74;

/** From few to many, light to dark, one hue: to be told apart in grey and by the colour-blind, too. */
const shades = ['#e3eef9', '#b5d3ee', '#7ab0de', '#3b82c4', '#1a4f8b'] as const;
const nobody = '#ffffff';

/**
 * The matrix as a picture (SVG 1.1, French): the darker a cell, the more records; a dashed frame where
 * there is nobody. Every cell says in words what it shows, the whole what there is to see; no script.
 */
export function gapsSvg({ themes, regions, cells }: GapMatrix, asOf: string): string {
  const width = Math.ceil(labels.left + regions.length * cell.width + 90);
  const height = Math.ceil(labels.top + themes.length * cell.height + foot);
  const most = Math.max(0, ...cells.map(({ count }) => count));
  const columns = regions.map(({ label, code }, index) => {
    const x = labels.left + index * cell.width + cell.width / 2 + 4;
    const name = shortened(labelOf(label, code), 22);
    return `<text transform="translate(${x} ${labels.top - 10}) rotate(-50)">${xmlText(name)}</text>`;
  });
  const rows = themes.map(({ label, code }, index) => {
    const y = labels.top + index * cell.height + cell.height / 2 + 4;
    const name = shortened(labelOf(label, code), Math.floor(labels.left / labels.character) - 2);
    return `<text x="${labels.left - 10}" y="${y}" text-anchor="end">${xmlText(name)}</text>`;
  });
  const squares = cells.map(({ theme, region, count, organisations }, index) => {
    const [row, column] = [Math.floor(index / regions.length), index % regions.length];
    const place = `${labelOf(themes[row]?.label, theme)}, ${labelOf(regions[column]?.label, region)}`;
    const who = organisations.length === 0 ? '' : ` (${organisations.join(', ')})`;
    const [x, y] = [labels.left + column * cell.width, labels.top + row * cell.height];
    return square(x, y, count, most, `${place} : ${inWords(count)}${who}`);
  });
  const title = 'Qui fait quoi, où : lacunes et recouvrements';
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="titre resume" xml:lang="fr" font-family="system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif" font-size="13" fill="#1b1b1b">`,
    `<title id="titre">${title}</title>`,
    `<desc id="resume">${xmlText(summary(themes.length, regions.length, cells, asOf))}</desc>`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    `<text x="16" y="28" font-size="17" font-weight="600">${title}</text>`,
    `<text x="16" y="48" fill="#4a4a4a">Thèmes et régions, au ${asOf.slice(0, 10)}</text>`,
    `<g font-size="12">${columns.join('')}</g>`,
    `<g font-size="12">${rows.join('')}</g>`,
    ...squares,
    legend(labels.top + themes.length * cell.height + 24, most),
    '</svg>\n',
  ].join('\n');
}

function square(x: number, y: number, count: number, most: number, words: string): string {
  const shade = Math.ceil((count / Math.max(most, 1)) * shades.length);
  const fill = shades[shade - 1] ?? nobody;
  const ink = shade >= 4 ? '#ffffff' : '#1b1b1b';
  const frame = count === 0 ? ' stroke="#9a5b00" stroke-dasharray="3 3"' : '';
  return (
    `<g><title>${xmlText(words)}</title>` +
    `<rect x="${x + 1.5}" y="${y + 1.5}" width="${cell.width - 3}" height="${cell.height - 3}" rx="3" fill="${fill}"${frame}/>` +
    `<text x="${x + cell.width / 2}" y="${y + cell.height / 2 + 4}" text-anchor="middle" font-size="12" fill="${ink}">${count}</text></g>`
  );
}

function legend(y: number, most: number): string {
  const items: readonly (readonly [fill: string, text: string])[] = [
    [nobody, 'personne'],
    [shades[0], 'peu'],
    [shades[4], `beaucoup (jusqu’à ${most})`],
  ];
  let x = 16;
  const drawn = items.map(([fill, text]) => {
    const frame = fill === nobody ? ' stroke="#9a5b00" stroke-dasharray="3 3"' : '';
    const item =
      `<rect x="${x}" y="${y}" width="18" height="14" rx="2" fill="${fill}"${frame}/>` +
      `<text x="${x + 25}" y="${y + 12}">${xmlText(text)}</text>`;
    x += 25 + Math.ceil(text.length * labels.character) + 18;
    return item;
  });
  const note = `<text x="16" y="${y + 38}" fill="#4a4a4a" font-size="12">Nombre de réponses par thème et région.</text>`;
  return `<g>${drawn.join('')}${note}</g>`;
}

function summary(
  themes: number,
  regions: number,
  cells: readonly { readonly count: number; readonly organisations: readonly string[] }[],
  asOf: string,
): string {
  const empty = cells.filter(({ count }) => count === 0).length;
  const shared = cells.filter(({ organisations }) => organisations.length > 1).length;
  return `Tableau de ${themes} thèmes par ${regions} régions, au ${asOf.slice(0, 10)}. Personne dans ${empty} cases sur ${cells.length} ; plusieurs organisations dans ${shared}. Les mêmes nombres sont dans gaps.csv.`;
}

function inWords(count: number): string {
  if (count === 0) return 'personne';
  return count === 1 ? '1 réponse' : `${count} réponses`;
}

function labelOf(label: Readonly<Record<string, string>> | undefined, code: string): string {
  return label?.['fr'] ?? Object.values(label ?? {})[0] ?? code;
}

function shortened(text: string, most: number): string {
  const characters = Array.from(new Intl.Segmenter('fr').segment(text), ({ segment }) => segment);
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join('')}…`;
}
