// Brings a generation's news to its JavaScript listener. News that JavaScript has not fetched yet is added to, so that
// a slow listener gets fewer and larger calls, never a queue of them.
#pragma once
#include <napi.h>

#include <memory>
#include <mutex>

#include "generate/request.h"

namespace adapter_lab {

class NewsDelivery : public std::enable_shared_from_this<NewsDelivery> {
 public:
  /** listener: {done?, token?}. On the JavaScript thread, where it must also be destroyed. */
  NewsDelivery(const Napi::Object& listener, std::shared_ptr<StopSignal> stop);
  ~NewsDelivery();
  NewsDelivery(const NewsDelivery&) = delete;
  NewsDelivery& operator=(const NewsDelivery&) = delete;

  /** On any thread. */
  void tell(GenerationNews news);
  /** On the JavaScript thread: all that is waiting. Throws what the listener threw, now or before. */
  void finish(Napi::Env env);

 private:
  void deliver(Napi::Env env);
  void call_listener(Napi::Env env, const GenerationNews& news);

  Napi::ObjectReference listener_;
  std::shared_ptr<StopSignal> stop_;
  Napi::ThreadSafeFunction wake_;
  std::mutex mutex_;
  GenerationNews waiting_;
  bool woken_ = false;
  Napi::ObjectReference failure_;  // what the listener threw
};

Napi::Object to_js(Napi::Env env, const GeneratedText& text);

}  // namespace adapter_lab
