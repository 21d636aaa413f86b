/** `npm start`: Fiche whole on one machine, until Ctrl-C. */
import { KeysError } from '../shared/access/stored-keys.ts';
import { ConfigurationError, localConfig } from '../shared/config.ts';
import { OpenToOthersError } from './close-to-others.ts';
import { FolderInUseError } from './folder-lock.ts';
import { startServer, type RunningServer } from './server.ts';

/** What an operator can do something about, in French and English; undefined: it is a bug. */
function advice(error: unknown, port: number): string | undefined {
  if (
    error instanceof FolderInUseError ||
    error instanceof OpenToOthersError ||
    error instanceof ConfigurationError
  ) {
    return error.message;
  }
  if (error instanceof KeysError) return `${error.text.fr}\n${error.text.en}`;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') {
    return (
      `Le port ${port} est déjà pris : arrêtez ce qui l’utilise, ou choisissez-en un autre, par exemple PORT=3001 npm start.\n` +
      `Port ${port} is already taken: stop what uses it, or choose another, for example PORT=3001 npm start.`
    );
  }
  if (code === 'EEXIST' || code === 'ENOTDIR') {
    return (
      'FICHE_HOME nomme un fichier là où il faut un dossier : choisissez un autre dossier.\n' +
      'FICHE_HOME names a file where a folder is needed: choose another folder.'
    );
  }
  if (code === 'EACCES') {
    return (
      `Fiche n’a pas le droit d’utiliser le port ${port} ou le dossier de FICHE_HOME.\n` +
      `Fiche is not allowed to use port ${port} or the folder of FICHE_HOME.`
    );
  }
  return undefined;
}

/** Said in one piece: whoever waits for the address has read the rest too. */
function greeting({ url, newToken }: RunningServer, home: string): string {
  const token =
    newToken === undefined
      ? ''
      : `\nJeton de la coordination (aussi dans ${home}/coordinator.token ; il ne sera plus affiché) :\n` +
        `The coordinator's token (also in ${home}/coordinator.token; it is not shown again):\n\n` +
        `  ${newToken}\n\n`;
  return `Fiche : ${url}\n${token}Ctrl-C pour arrêter. / Ctrl-C to stop.`;
}

/** Ends the server once: npm passes on a Ctrl-C that the terminal has sent here already. */
function endOnSignal(server: RunningServer): void {
  let ending = false;
  const end = () => {
    if (ending) return;
    ending = true;
    server.close().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
}

let port = 0;
try {
  const config = localConfig();
  ({ port } = config);
  const server = await startServer({ ...config, log: (line) => console.error(line) });
  endOnSignal(server);
  console.log(greeting(server, config.home));
} catch (error) {
  console.error(advice(error, port) ?? error);
  process.exit(1);
}
