import { assertNever } from '../common/assert-never.ts';
import { decide } from '../core/decide.ts';
import type { Actor, HistoryPage } from '../core/ports.ts';
import type { AnyRequest, ConnectionHandlers } from '../ipc/connection.ts';
import type { HubConnection, HubIncoming } from '../ipc/wire.ts';
import type { Acknowledgement, Command } from '../model/commands.ts';
import { ChatError } from '../model/errors.ts';
import type { HubRequests } from '../protocol/hub.ts';
import type { ParsedParamsOf, ResultOf } from '../protocol/rpc.ts';
import type { HandOver } from './hand-over.ts';
import { openSession, type OpenSessionHost } from './open-session.ts';
import type { ReadMarks } from './read-marks.ts';
import type { LiveSession } from './sessions.ts';

/** What answering requests needs of the hub. */
export interface PortHost extends OpenSessionHost {
  readonly marks: ReadMarks;
  status(): ResultOf<HubRequests, 'status'>;
  readonly handOver: HandOver;
}

/**
 * One client, from its connection to its end. Before its session is open it may ask for nothing but that, and for a sign of
 * life.
 */
export class ClientPort implements ConnectionHandlers<HubIncoming> {
  readonly #host: PortHost;
  readonly #connection: HubConnection;
  #opening: Promise<unknown> = Promise.resolve();
  #session: LiveSession | null = null;

  private constructor(host: PortHost, connection: HubConnection) {
    this.#host = host;
    this.#connection = connection;
  }

  /** Answers this client until its connection closes. */
  static serve(host: PortHost, connection: HubConnection): void {
    const port = new ClientPort(host, connection);
    connection.onDidClose(() => {
      if (port.#session !== null) host.sessions.end(port.#session);
    });
    connection.start(port);
  }

  onRequest(request: AnyRequest<HubRequests>): unknown {
    switch (request.name) {
      case 'ping':
        return {};
      case 'session.open':
        return this.#openInTurn(request.params);
      case 'status':
        this.#openSession();
        return this.#host.status();
      case 'hub.handOver':
        return { agreed: this.#host.handOver.toWindow(this.#openSession().facts) };
      case 'history.page':
        return this.#page(request.params);
      case 'message.get':
        return this.#message(request.params.id);
      case 'read.mark':
        return this.#markRead(request.params);
      case 'profile.create':
      case 'profile.change':
      case 'profile.use':
      case 'room.create':
      case 'room.change':
      case 'direct.open':
      case 'message.send':
      case 'draft.save':
        // Name and parameters belong together; TypeScript loses that when they change their keys.
        return this.#command(this.#openSession(), { type: request.name, params: request.params } as Command);
      default:
        return assertNever(request);
    }
  }

  /** A client has nothing to notify a hub of. */
  onNotification(): void {}

  /** Sending the state takes a while; of two at once the one that is done last need not be the one that was asked last. */
  async #openInTurn(
    params: ParsedParamsOf<HubRequests, 'session.open'>,
  ): Promise<ResultOf<HubRequests, 'session.open'>> {
    const opened = this.#opening.then(() => this.#open(params));
    this.#opening = opened.catch(() => undefined);
    return opened;
  }

  async #open(
    params: ParsedParamsOf<HubRequests, 'session.open'>,
  ): Promise<ResultOf<HubRequests, 'session.open'>> {
    const { session, result } = await openSession(this.#host, this.#connection, params);
    // It may be known under another id from before.
    if (this.#session !== null) this.#host.sessions.end(this.#session);
    this.#session = session;
    // It closed while its state was being sent.
    if (this.#connection.end !== null) this.#host.sessions.end(session);
    return result;
  }

  #openSession(): LiveSession {
    if (this.#session === null) throw new ChatError('BAD_REQUEST', { detail: 'no session is open' });
    return this.#session;
  }

  async #page(params: ParsedParamsOf<HubRequests, 'history.page'>): Promise<HistoryPage> {
    const { profileId } = this.#openSession().facts;
    this.#host.assertLeading();
    return this.#host.store.history.page({ profileId, ...params });
  }

  async #message(id: string): Promise<ResultOf<HubRequests, 'message.get'>> {
    const { profileId } = this.#openSession().facts;
    this.#host.assertLeading();
    return { message: await this.#host.store.history.message(profileId, id) };
  }

  async #markRead(params: ParsedParamsOf<HubRequests, 'read.mark'>): Promise<Acknowledgement> {
    // Whose mark it is was settled when it was asked for: by the time it is stored the session may speak as somebody else.
    const session = this.#openSession();
    return this.#host.marks.mark(session.facts.profileId, params, (upTo) =>
      this.#command(session, { type: 'read.mark', params: { ...params, upTo } }),
    );
  }

  async #command({ facts }: LiveSession, command: Command): Promise<Acknowledgement> {
    const { id: sessionId, profileId, kind } = facts;
    const actor: Actor = { sessionId, profileId, kind };
    const { loop, tools } = this.#host;
    return loop.propose({ origin: actor, decide: (ledger) => decide(ledger, tools, actor, command) });
  }
}
