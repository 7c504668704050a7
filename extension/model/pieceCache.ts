// Remembers the tokens of each word, so that the words of a data set are merged once and not once a record.
import { Model, type Tokenizer } from '@huggingface/tokenizers';

const mostPieces = 200_000;
const longestPiece = 256;

class PieceCache extends Model {
  private readonly tokensOf = new Map<string, string[]>();

  constructor(private readonly inner: Model) {
    super(inner.config);
    this.vocab = inner.vocab;
    this.tokens_to_ids = inner.tokens_to_ids;
    this.unk_token = inner.unk_token;
    this.unk_token_id = inner.unk_token_id;
    this.fuse_unk = inner.fuse_unk;
  }

  override encode(pieces: string[]): string[] {
    const tokens: string[] = [];
    for (const piece of pieces) {
      for (const token of this.tokensOf.get(piece) ?? this.merge(piece)) tokens.push(token);
    }
    return tokens;
  }

  private merge(piece: string): string[] {
    const tokens = this.inner.encode([piece]);
    if (piece.length <= longestPiece) {
      if (this.tokensOf.size >= mostPieces) this.tokensOf.clear();
      this.tokensOf.set(piece, tokens);
    }
    return tokens;
  }
}

export function rememberPieces(tokenizer: Tokenizer): void {
  if (tokenizer.model !== null) tokenizer.model = new PieceCache(tokenizer.model);
}
