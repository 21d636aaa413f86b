import type { DatasetHead } from '../../versions/version-place.ts';
import type { Format } from '../format.ts';
import { DatasetWorkbook } from './dataset-workbook.ts';
import { sheetLimits } from './table-sheets.ts';

const mediaType = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** Excel workbooks, one in each of the form's languages: `x.xlsx` in its default one, `x.<language>.xlsx`. */
export const xlsx: Format = {
  name: 'xlsx',
  inParts: {
    omitted: ({ head, tables }) =>
      tables.languages.map(({ file }, index) => workbookName(head, index === 0 ? '' : file)),
  },
  open: ({ head, tables, body }) => {
    const books = tables.languages.map(({ code, file: variant }, index) => {
      const book = new DatasetWorkbook(head, tables, code, sheetLimits);
      const file = body({
        name: workbookName(head, index === 0 ? '' : variant),
        mediaType,
        body: book.body,
        fail: (error) => {
          book.fail(error);
        },
      });
      return { book, file };
    });
    return {
      row: (row) => {
        for (const { book } of books) book.row(row);
      },
      drained: async () => {
        for (const { book } of books) await book.drained();
      },
      end: () => {
        const counts = books.map(({ book, file }) => (file.rows = book.end()));
        // A workbook that lacks rows must not pass for one of those that have them.
        return Math.min(...counts);
      },
    };
  },
};

function workbookName({ dataset }: DatasetHead, variant: string): string {
  return `${dataset}${variant === '' ? '' : `.${variant}`}.xlsx`;
}
