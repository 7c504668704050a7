// What follows one prompt while it is generated: a single text, or the beams of a search.
#pragma once
#include <memory>
#include <span>

#include "generate/cached_pass.h"
#include "generate/request.h"

namespace adapter_lab {

class Continuation {
 public:
  virtual ~Continuation() = default;

  /** Rows that the next choice is made from. */
  virtual size_t lines() const = 0;
  /** Best next tokens that a choice wants of each line. */
  virtual int64_t candidates() const = 0;
  /** Adds the tokens that were chosen last, all of them wanted, to the text that the pass has begun. */
  virtual void add_rows(CachedPass& pass) const = 0;
  /** values, tokens: (lines(), count) the best next tokens of each line, descending. */
  virtual void choose(std::span<const float> values, std::span<const int32_t> tokens, int64_t count) = 0;
  /** Whether the last choice added a token that will stay: an end token does not, and beams may change their minds. */
  virtual bool has_grown() const = 0;
  virtual bool is_finished() const = 0;
  virtual GeneratedText text() const = 0;
};

/** `options` must stay. */
std::unique_ptr<Continuation> make_continuation(const BeamOptions& options, int64_t prompt_length);

}  // namespace adapter_lab
