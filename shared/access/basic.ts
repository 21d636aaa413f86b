/** A user name and a token are no longer than this in base64. */
const mostCharacters = 2000;

/**
 * Basic authentication (RFC 7617) as the Bearer header that it stands for: the password is the token,
 * the user name whatever the tool wants one to be. Anything else is handed back as it came.
 */
export function bearerOfBasic(authorization: string | undefined): string | undefined {
  if (authorization === undefined || !/^basic /i.test(authorization)) return authorization;
  if (authorization.length > mostCharacters) return authorization;
  const pair = Buffer.from(authorization.slice('basic '.length), 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  return colon === -1 ? authorization : `Bearer ${pair.slice(colon + 1)}`;
}
