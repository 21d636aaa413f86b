/** What a `datapackage.json` says that it follows: Data Package 2.0. */
export const dataPackageProfile = 'https://datapackage.org/profiles/2.0/datapackage.json';
