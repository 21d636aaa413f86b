/** The writer of workbooks by itself: a bundle that loads this file on demand has no more of the package. */
export { writeXlsx } from 'hucre/xlsx';
