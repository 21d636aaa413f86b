import { floorsOf, nearestImports, readWings } from './wings.ts';

const columns = ['', 'form', 'submission', 'dataset'] as const;
const top = { left: 12, width: 236, gap: 24, row: 46, box: 28 };

interface Box {
  readonly wing: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

/**
 * The wings of the sources as a picture (SVG) for docs/architecture.md: each stands above all that it
 * imports. A line leads to what is imported and cannot be reached through another import.
 */
export function architecturePicture(root: string): string {
  const wings = readWings(root);
  const floors = floorsOf(wings);
  const highest = Math.max(...floors.values());
  const boxes = boxesOf(floors, highest);
  const width = 2 * top.left + columns.length * top.width + (columns.length - 1) * top.gap;
  const height = 40 + (highest + 1) * top.row;
  const lines = [...nearestImports(wings)].flatMap(([wing, imports]) =>
    [...imports].sort().map((other) => lineBetween(boxes.get(wing), boxes.get(other))),
  );
  const headings = columns.map(
    (name, index) =>
      `<text class="heading" x="${middle(columnAt(index), top.width)}" y="22">${name === '' ? 'the rest of shared' : `shared/${name}`}</text>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="The folders of the sources, each above what it imports">`,
    '<style>',
    'text { font: 13px system-ui, sans-serif; fill: #1d2733; text-anchor: middle }',
    '.heading { font-weight: 600 }',
    '.ground { fill: #ffffff }',
    '.wing { fill: #eef3f8; stroke: #58708a }',
    '.door { fill: #d7e6f5; stroke: #58708a }',
    'path { fill: none; stroke: #58708a; stroke-opacity: 0.55 }',
    '@media (prefers-color-scheme: dark) {',
    'text { fill: #e6edf3 }',
    '.ground { fill: #0d1117 }',
    '.wing { fill: #1f2a36; stroke: #8aa4bf }',
    '.door { fill: #2b4057; stroke: #8aa4bf }',
    'path { stroke: #8aa4bf }',
    '}',
    '</style>',
    `<rect class="ground" width="${width}" height="${height}"/>`,
    ...headings,
    ...lines,
    ...[...boxes.values()].map(drawBox),
    '</svg>',
    '',
  ].join('\n');
}

function boxesOf(floors: ReadonlyMap<string, number>, highest: number): Map<string, Box> {
  const cells = Map.groupBy([...floors], ([wing, floor]) => `${columnOf(wing)} ${floor}`);
  const boxes = new Map<string, Box>();
  for (const cell of cells.values()) {
    const width = (top.width - (cell.length - 1) * 8) / cell.length;
    for (const [index, [wing, floor]] of cell.entries()) {
      const x = columnAt(columnOf(wing)) + index * (width + 8);
      boxes.set(wing, { wing, x, y: 40 + (highest - floor) * top.row, width });
    }
  }
  return boxes;
}

function columnOf(wing: string): number {
  const [, name] = wing.split('/');
  return Math.max(
    0,
    columns.findIndex((column) => column !== '' && column === name),
  );
}

function columnAt(index: number): number {
  return top.left + index * (top.width + top.gap);
}

function middle(x: number, width: number): number {
  return Math.round(x + width / 2);
}

function lineBetween(from: Box | undefined, to: Box | undefined): string {
  if (from === undefined || to === undefined) throw new TypeError('A line without a box');
  const [x, y] = [middle(from.x, from.width), from.y + top.box];
  const [toX, toY] = [middle(to.x, to.width), to.y];
  const bend = Math.round((toY - y) / 2);
  return `<path d="M${x} ${y}C${x} ${y + bend} ${toX} ${toY - bend} ${toX} ${toY}"/>`;
}

function drawBox({ wing, x, y, width }: Box): string {
  const [first, ...parts] = wing.split('/');
  const name =
    parts.length === 0 ? (first ?? '') : parts.slice(columnOf(wing) === 0 ? 0 : 1).join('/');
  const label = name === '' ? (wing.split('/').at(-1) ?? wing) : name;
  const kind = first === 'shared' ? 'wing' : 'door';
  return `<rect class="${kind}" x="${Math.round(x)}" y="${y}" width="${Math.round(width)}" height="${top.box}" rx="5"/><text x="${middle(x, width)}" y="${y + 19}">${label}</text>`;
}
