// Text of users in Markdown, where none of it may be taken for markup.

/** Nothing in it becomes markup, a link or an icon; a line break ends no table row. */
export function escapeMarkdown(text: string): string {
  return text
    .replace(/\r?\n/g, ' ')
    .replace(/[\\`*_{}[\]()#!|<>$~&:@]/g, '\\$&')
    .replace(/^(\s*)([-+=])/, '$1\\$2')
    .replace(/^(\s*\d+)\.(?=\s)/, '$1\\.')
    .replace(/\b(www)\./gi, '$1\\.');
}
