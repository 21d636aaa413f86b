/** The reader of workbooks by itself: a bundle that loads this file on demand has no more of the package. */
export { readXlsx } from 'hucre/xlsx';
