import type { Disposable } from '../common/disposable.ts';
import type { Event } from '../common/emitter.ts';
import type { Logger } from '../common/logger.ts';
import type { Draft, Message, Profile, Room, SenderKind, Session } from '../model/entities.ts';
import type { ChatError } from '../model/errors.ts';
import type { HubRequests, ProfileChoice } from '../protocol/hub.ts';
import type { ParamsOf, ResultOf } from '../protocol/rpc.ts';

/** Who is connecting, and from where. */
export interface SessionIdentity {
  readonly kind: SenderKind;
  readonly surface: 'window' | 'terminal';
  readonly folder: string;
  readonly product: string;
}

export interface ClientOptions {
  /** Data directory, already checked by the rendezvous layer. */
  readonly directory: string;
  /** Folder with `hub.cjs` and `sql-wasm.wasm`: where the bundles are. */
  readonly bundleFolder: string;
  readonly version: string;
  readonly identity: SessionIdentity;
  readonly profile: ProfileChoice;
  readonly log: Logger;
}

/**
 * State of the way to the hub. `connecting` until the first time, `reconnecting` afterwards: both mend themselves.
 * `readonly`: the hub can not write. `unreachable`: it needs the person; `fault` says why; tried again with growing pauses.
 */
export interface ConnectionStatus {
  readonly state: 'connecting' | 'ready' | 'reconnecting' | 'readonly' | 'unreachable';
  readonly fault: ChatError | null;
}

/** What the hub told, folded. Everything as the session's profile sees it. Read-only to its users. */
export interface ChatState {
  /** Null before the first session. */
  readonly me: Profile | null;
  readonly profiles: ReadonlyMap<string, Profile>;
  readonly rooms: ReadonlyMap<string, Room>;
  /** By room id; rooms without a draft are absent. */
  readonly drafts: ReadonlyMap<string, Draft>;
  readonly sessions: readonly Session[];
  /** Where this client stands in the order of all events. */
  readonly seq: number;
}

/** What changed with one group of events, one snapshot or one signal. */
export interface StateChange {
  readonly profiles: boolean;
  readonly sessions: boolean;
  /** Ids of rooms whose row changed (name, topic, marks, unread, last message). */
  readonly rooms: ReadonlySet<string>;
  readonly drafts: ReadonlySet<string>;
  /** New messages, ascending. */
  readonly messages: readonly Message[];
  /**
   * True after a reconnect or a change of profile: messages may have been missed, so whoever shows history fetches what came
   * after its last one. `fresh`: the store may be another; loaded history is dropped.
   */
  readonly resumed: false | 'continued' | 'fresh';
}

export interface RequestOptions {
  /**
   * How long to keep trying over lost connections and changes of hub, in milliseconds; 30,000 if not given. `Infinity` never
   * gives up. After it, TIMEOUT. Sending again is safe: commands carry ids, queries change nothing.
   */
  readonly patience?: number;
  /**
   * Profile that asks. Once the session speaks as another one, the request is not made any more and fails with
   * CONNECTION_CLOSED. Without it, whoever speaks asks.
   */
  readonly as?: string;
}

/** The one way from an interface to the chat. Starts or takes over the hub when nobody else holds it. */
export interface Client extends Disposable {
  readonly state: ChatState;
  readonly connection: ConnectionStatus;
  readonly onDidChangeConnection: Event<ConnectionStatus>;
  readonly onDidChangeState: Event<StateChange>;
  /** Resolves once a session is open; rejects with the fault when `unreachable`, with TIMEOUT after `patience`. */
  whenReady(options?: RequestOptions): Promise<void>;
  /** Waits for the session, asks, and asks again after a lost connection. Rejects with a ChatError, always. */
  request<K extends keyof HubRequests>(
    name: K,
    params: ParamsOf<HubRequests, K>,
    options?: RequestOptions,
  ): Promise<ResultOf<HubRequests, K>>;
  /** Opens the session anew as another profile; NO_SUCH_PROFILE leaves everything as it is. */
  switchProfile(choice: ProfileChoice): Promise<void>;
  /**
   * Ends, and if this process holds the hub hands it over to another first, so that nobody notices. Resolves when nothing of it
   * is left in this process: at once when it has no hub or nobody else is connected, else in a fraction of a second, and after
   * two seconds at most. To dispose starts the same; whoever ends the process right after it should wait for this.
   */
  leave(): Promise<void>;
  /**
   * Every message after `after` that this profile may see, in order, none missing and none twice, over any number of hubs;
   * of one room, or of all with null. Goes on until `signal` aborts.
   */
  follow(roomId: string | null, after: number, signal: AbortSignal): AsyncIterable<Message>;
}
