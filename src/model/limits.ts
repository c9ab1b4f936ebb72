/** Every limit a person or a script can run into, in one place. Lengths of names count characters (code points), not bytes. */
export const limits = {
  /** Content of one message and of one draft, in bytes of UTF-8. */
  contentBytes: 16 * 1024,
  /** Characters of a room's name. */
  roomNameLength: 80,
  /** Characters of a profile's name. */
  profileNameLength: 40,
  /** Characters of a room's topic. */
  topicLength: 250,
  /** Messages in one page of history. */
  historyPage: 200,
  /** Members of a direct room, the one who opens it included. */
  directMembers: 8,
  /** Bytes of one frame between a client and the hub; a longer one closes the connection. */
  frameBytes: 256 * 1024,
  /** Groups of events, pages of history and parts of a snapshot are cut at this many encoded bytes, well below a frame. */
  pageBytes: 192 * 1024,
} as const;
