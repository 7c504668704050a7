// Who grades answers: an endpoint, a language model that the editor lends, or anything else that replies to a chat.
import type { ChatTurn } from '../../shared/judging/judgePrompt';

export interface JudgeReply {
  text: string;
  /** As the server calls the model that replied. */
  served?: string;
}

export interface Judge {
  /** Name of its model. */
  readonly name: string;
  /**
   * Throws Failure 'judge-unreachable' when it did not reply, 'judge-declined' when it would not take this
   * conversation, 'judge-refused' when it will take none.
   */
  ask(messages: readonly ChatTurn[], signal: AbortSignal): Promise<JudgeReply>;
}
