import { userInfo } from 'node:os';
import type { Client, SessionIdentity } from '../client/api.ts';
import { assertNever } from '../common/assert-never.ts';
import { deferred } from '../common/deferred.ts';
import { LOG_LEVELS, type LogLevel, type Logger, formatLogLine } from '../common/logger.ts';
import { ChatError, toChatError } from '../model/errors.ts';
import type { Examination } from '../model/findings.ts';
import type { ProfileChoice } from '../protocol/hub.ts';
import { overview, verbHelp } from './help.ts';
import type { Input } from './input.ts';
import { CHOSEN_KINDS, type ChosenKind, type GlobalValues } from './options.ts';
import { Output, OutputClosed, type OutputStream } from './output.ts';
import { UsageError, parseCommandLine, usageHint } from './parse.ts';
import { sentence } from './sentences.ts';
import type { Call, ExitCode, Verb } from './verb.ts';
import { verbs } from './verbs/index.ts';

/** What a command asks for when it needs the chat. */
export interface ClientRequest {
  /** As {@link CliHost.locate} found it. */
  readonly directory: string;
  readonly identity: SessionIdentity;
  readonly profile: ProfileChoice;
  readonly log: Logger;
}

/** The process a command runs in. */
export interface CliHost {
  /** The words after the program's name. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Name of the working directory; empty when there is none. */
  readonly folder: string;
  readonly version: string;
  readonly stdin: Input;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  /** From the first call on SIGINT and SIGTERM abort this signal instead of ending the process. */
  interrupted(): AbortSignal;
  /**
   * The data directory, checked: the one named on the command line, else by the environment, else the one an editor uses.
   * Throws a ChatError when there is none that can be used.
   */
  locate(named: string | undefined): string;
  openClient(request: ClientRequest): Client;
  /** Looks at the same directory, unchecked: what is wrong with it is what is asked for. */
  examine(request: { readonly named: string | undefined; readonly adopt: boolean }): Promise<Examination>;
}

/** Runs one command to its end. Never rejects; what went wrong is on standard error. */
export async function runCli(host: CliHost): Promise<ExitCode> {
  const out = new Output(host.stdout, host.env);
  const err = new Output(host.stderr, host.env);
  try {
    return await perform(host, out, err);
  } catch (error) {
    if (error instanceof OutputClosed) return 0;
    // Looked for in the words themselves: wrong words are answered in JSON, too.
    return report(err, toChatError(error), host.argv.includes('--json'));
  }
}

async function perform(host: CliHost, out: Output, err: Output): Promise<ExitCode> {
  const invocation = parseCommandLine(host.argv, verbs);
  switch (invocation.ask) {
    case 'version':
      if (invocation.global.json === true) await out.json({ type: 'version', version: host.version });
      else await out.line(host.version);
      return 0;
    case 'help': {
      const all = invocation.verbs.length === verbs.length;
      await out.write(all ? overview(verbs) : verbHelp(invocation.verbs));
      return 0;
    }
    case 'run':
      return runVerb(host, { out, err, ...invocation });
    default:
      return assertNever(invocation);
  }
}

interface Run {
  readonly verb: Verb;
  readonly operands: Call['operands'];
  readonly values: Parameters<Verb['run']>[1];
  readonly global: GlobalValues;
  readonly out: Output;
  readonly err: Output;
}

async function runVerb(host: CliHost, { verb, operands, values, global, out, err }: Run): Promise<ExitCode> {
  const request = clientRequest(host, global, out, err);
  const signal = verb.interruptible ? host.interrupted() : new AbortController().signal;
  let directory = '';
  let client: Client | null = null;
  try {
    return await verb.run(
      {
        operands,
        json: global.json === true,
        input: host.stdin,
        out,
        err,
        signal,
        connect: async () => {
          if (client === null) {
            directory = host.locate(global['data-dir']);
            client = host.openClient({ ...request, directory });
          }
          await readyUnlessAborted(client, signal);
          return client;
        },
        examine: (adopt) => host.examine({ named: global['data-dir'], adopt }),
      },
      values,
    );
  } catch (error) {
    // What a verb finds wrong with its words is answered with its own usage.
    if (error instanceof UsageError && error.verb === null) throw error.of(verb);
    // Told to stop before there was anything to stop: that is a clean end.
    const { code, params } = toChatError(error);
    if (signal.aborted && code === 'CONNECTION_CLOSED') return 0;
    // What the person can do about it is done in the directory.
    if (code === 'OTHER_HOST') throw new ChatError(code, { directory, ...params }, { cause: error });
    throw error;
  } finally {
    await (client as Client | null)?.leave();
  }
}

/** Rejects with CONNECTION_CLOSED when `signal` aborts before the session is open. */
async function readyUnlessAborted(client: Client, signal: AbortSignal): Promise<void> {
  const aborted = deferred<never>();
  const onAbort = (): void => aborted.reject(new ChatError('CONNECTION_CLOSED'));
  signal.addEventListener('abort', onAbort);
  try {
    if (signal.aborted) onAbort();
    await Promise.race([client.whenReady(), aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

function clientRequest(
  host: CliHost,
  global: GlobalValues,
  out: Output,
  err: Output,
): Omit<ClientRequest, 'directory'> {
  const name = global.as ?? (host.env['LOCAL_CHAT_PROFILE'] || null);
  return {
    identity: {
      kind: global.kind ?? kindFromEnvironment(host.env) ?? (out.isTerminal ? 'person' : 'script'),
      surface: 'terminal',
      folder: host.folder,
      product: 'local-chat',
    },
    profile: name === null ? { by: 'default', firstName: userName(host.env) } : { by: 'name', name },
    log: logger(host.env, err),
  };
}

function kindFromEnvironment(env: CliHost['env']): ChosenKind | null {
  const text = env['LOCAL_CHAT_KIND'] || null;
  if (text === null) return null;
  const kind = CHOSEN_KINDS.find((known) => known === text);
  if (kind !== undefined) return kind;
  throw new UsageError(`LOCAL_CHAT_KIND is one of ${CHOSEN_KINDS.join(', ')}, not "${text}".`);
}

/** Who the first profile of a new store is. A process may run under a number that no user belongs to. */
function userName(env: CliHost['env']): string {
  try {
    return userInfo().username;
  } catch (error) {
    if (error instanceof Error && 'code' in error) return env['USER'] || env['USERNAME'] || 'Me';
    throw error;
  }
}

/** The log goes to standard error, from the level named in LOCAL_CHAT_LOG upwards; nowhere without it. */
function logger(env: CliHost['env'], err: Output): Logger {
  const wanted = LOG_LEVELS.indexOf(env['LOCAL_CHAT_LOG'] as LogLevel);
  return {
    log(level, message, facts) {
      if (LOG_LEVELS.indexOf(level) > wanted) return;
      const line = `${new Date().toISOString()} ${level} ${formatLogLine(message, facts)}`;
      // Whoever closed standard error does not want the log.
      err.line(line).catch(() => undefined);
    },
  };
}

async function report(err: Output, error: ChatError, json: boolean): Promise<ExitCode> {
  const message = sentence(error);
  try {
    await err.line(`local-chat: ${message} (${error.code})`);
    if (error instanceof UsageError) await err.line(usageHint(error.verb));
    if (json) await err.json({ type: 'error', code: error.code, message, params: error.params });
  } catch (failure) {
    // There is nobody left to tell; the exit code says it.
    if (!(failure instanceof OutputClosed) && toChatError(failure).code !== 'OUTPUT_FAILED') throw failure;
  }
  return error.code === 'USAGE' ? 2 : 1;
}
