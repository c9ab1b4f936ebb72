/** What interfaces need to know about where the store is; they ask here and never reach below the client. */
export { type DirectoryChoice, openDirectory } from '../rendezvous/directory.ts';
export { locateStore } from '../rendezvous/locate.ts';
export { noteStore } from '../rendezvous/registry.ts';
