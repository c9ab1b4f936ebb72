import * as v from 'valibot';

/**
 * A table of requests or notifications: what each name carries. One such table per direction and wire is the whole
 * description of the wire; both sides check what they receive against it.
 */
export interface RequestShape {
  readonly params: v.GenericSchema;
  readonly result: v.GenericSchema;
}
export type RequestTable = Readonly<Record<string, RequestShape>>;
export type NotificationTable = Readonly<Record<string, v.GenericSchema>>;

export type ParamsOf<T extends RequestTable, K extends keyof T> = v.InferInput<T[K]['params']>;
export type ParsedParamsOf<T extends RequestTable, K extends keyof T> = v.InferOutput<T[K]['params']>;
export type ResultOf<T extends RequestTable, K extends keyof T> = v.InferOutput<T[K]['result']>;
export type NotificationOf<T extends NotificationTable, K extends keyof T> = v.InferOutput<T[K]>;

/** Any notification of a table, discriminated by `name`. */
export type AnyNotification<T extends NotificationTable> = {
  [K in keyof T & string]: { readonly name: K; readonly params: NotificationOf<T, K> };
}[keyof T & string];

const requestNumber = v.pipe(v.number(), v.safeInteger(), v.minValue(1));

/**
 * What travels in one frame once both sides have proved themselves. `k` tells the kind: a request, its reply, its error, or
 * a notification that nobody answers. `n` ties an answer to its request; it is unique per connection and direction.
 */
export const packetSchema = v.variant('k', [
  v.object({ k: v.literal('request'), n: requestNumber, name: v.string(), params: v.unknown() }),
  v.object({ k: v.literal('reply'), n: requestNumber, result: v.unknown() }),
  v.object({
    k: v.literal('error'),
    n: requestNumber,
    code: v.string(),
    params: v.record(v.string(), v.union([v.string(), v.number(), v.boolean()])),
  }),
  v.object({ k: v.literal('note'), name: v.string(), params: v.unknown() }),
]);
export type Packet = v.InferOutput<typeof packetSchema>;
