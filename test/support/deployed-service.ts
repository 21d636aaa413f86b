import * as z from 'zod';
import { deploy, openFront, runAgainst } from './deployment.ts';
import { startEmulator, type Emulator, type EmulatorSettings } from './emulator.ts';

/** Everything deployed on an emulator of its own, with what an operator makes in it first. */
export interface DeployedService {
  readonly url: string;
  /** What it calls itself: a name that only the emulator knows. */
  readonly address: string;
  readonly coordinatorToken: string;
  readonly emulator: Emulator;
  /** What the stacks say of themselves, all in one. */
  readonly outputs: Outputs;
  /** How long it took until the emulator answered, the stacks stood and the first token was told. Milliseconds. */
  readonly took: { readonly emulator: number; readonly deploy: number; readonly init: number };
  close(): Promise<void>;
}

const Outputs = z.looseObject({
  ApiUrl: z.url(),
  SubmissionsTableName: z.string(),
  RegistryTableName: z.string(),
  ObjectsBucketName: z.string(),
  CompileStateMachine: z.string(),
  Undelivered: z.url(),
});
type Outputs = z.infer<typeof Outputs>;

interface DeployedOptions {
  /** As `-c` takes it. */
  readonly context?: Readonly<Record<string, string>>;
  /** Of the emulator. */
  readonly settings?: EmulatorSettings;
  /** The project to deploy; absent: this one. */
  readonly folder?: string;
}

/** `cdk bootstrap`, `cdk deploy --all`, `fiche init`: as docs/deploy.md has it. Throws with what was printed. */
export async function startDeployed(options: DeployedOptions = {}): Promise<DeployedService> {
  const begun = performance.now();
  const emulator = await startEmulator(options.settings);
  try {
    const started = performance.now();
    const { outputs } = await deploy(emulator, options.context, options.folder);
    const deployed = performance.now();
    const coordinatorToken = await firstToken(emulator, options.folder);
    const ready = performance.now();
    const told = Outputs.parse(Object.assign({}, ...Object.values(outputs)));
    const front = await openFront(emulator, told.ApiUrl, told.ObjectsBucketName);
    return {
      url: front.url,
      address: told.ApiUrl,
      coordinatorToken,
      emulator,
      outputs: told,
      took: { emulator: started - begun, deploy: deployed - started, init: ready - deployed },
      close: async () => {
        await front.close();
        await emulator.end();
      },
    };
  } catch (error) {
    await emulator.end();
    throw error;
  }
}

/** What `fiche init` tells once. */
async function firstToken(emulator: Emulator, folder: string | undefined): Promise<string> {
  const words = ['local/fiche.ts', 'init', '--stack', 'fiche'];
  const { code, out, output } = await runAgainst(emulator, process.execPath, words, folder);
  const token = out.trim();
  if (code !== 0 || !token.startsWith('fiche_')) throw new Error(output);
  return token;
}
