/** Addresses on the content scheme: the engine may answer with a path or with a whole address. */
export function contentAddress(base: string, path: string): string {
  if (path === '' || /^[a-z][a-z0-9+.-]*:/i.test(path)) return path;
  return `${base}/${path.replace(/^\/+/, '')}`;
}
