/** What is used of the library, by itself: a bundle that loads this file on demand has no more of it. */
export { readXlsx, writeXlsx } from 'hucre/xlsx';
