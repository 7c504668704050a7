#include "binding/news_delivery.h"

#include <iterator>
#include <utility>

#include "binding/convert.h"

namespace adapter_lab {
namespace {

template <class Item>
void append(std::vector<Item>& to, std::vector<Item> from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

Napi::Object to_object(Napi::Env env, const RankedToken& ranked) {
  auto object = Napi::Object::New(env);
  object.Set("token", ranked.token);
  object.Set("logProbability", ranked.log_probability);
  return object;
}

Napi::Object to_object(Napi::Env env, const GeneratedToken& token) {
  Napi::Object object = to_object(env, token.chosen);
  object.Set("prompt", static_cast<double>(token.prompt));
  auto alternatives = Napi::Array::New(env, token.alternatives.size());
  for (uint32_t i = 0; i < token.alternatives.size(); ++i) alternatives.Set(i, to_object(env, token.alternatives[i]));
  object.Set("alternatives", alternatives);
  return object;
}

}  // namespace

Napi::Object to_js(Napi::Env env, const GeneratedText& text) {
  constexpr const char* kEnded[] = {"end", "length", "stopped"};
  auto object = Napi::Object::New(env);
  object.Set("tokens", to_js(env, text.tokens));
  object.Set("ended", kEnded[static_cast<size_t>(text.ended)]);
  return object;
}

NewsDelivery::NewsDelivery(const Napi::Object& listener, std::shared_ptr<StopSignal> stop)
    : listener_(Napi::Persistent(listener)),
      stop_(std::move(stop)),
      wake_(Napi::ThreadSafeFunction::New(listener.Env(), Napi::Function(), "generation news", 0, 1)) {}

NewsDelivery::~NewsDelivery() { wake_.Release(); }

void NewsDelivery::tell(GenerationNews news) {
  {
    const std::lock_guard lock(mutex_);
    append(waiting_.tokens, std::move(news.tokens));
    append(waiting_.done, std::move(news.done));
    if (std::exchange(woken_, true)) return;
  }
  // The call may come when the generation is over and `finish` has delivered everything.
  wake_.NonBlockingCall([self = shared_from_this()](Napi::Env env, Napi::Function) { self->deliver(env); });
}

void NewsDelivery::deliver(Napi::Env env) {
  GenerationNews news;
  {
    const std::lock_guard lock(mutex_);
    news = std::exchange(waiting_, {});
    woken_ = false;
  }
  if (!failure_.IsEmpty()) return;
  try {
    call_listener(env, news);
  } catch (const Napi::Error& error) {
    failure_ = Napi::Persistent(error.Value());
    stop_->stop_all();
  }
}

void NewsDelivery::call_listener(Napi::Env env, const GenerationNews& news) {
  const Napi::HandleScope scope(env);
  const Napi::Object listener = listener_.Value();
  const Napi::Value token = listener.Get("token");
  const Napi::Value done = listener.Get("done");
  if (token.IsFunction())
    for (const GeneratedToken& told : news.tokens) token.As<Napi::Function>().Call(listener, {to_object(env, told)});
  if (!done.IsFunction()) return;
  for (const auto& [prompt, text] : news.done) {
    const auto number = Napi::Number::New(env, static_cast<double>(prompt));
    done.As<Napi::Function>().Call(listener, {number, to_js(env, text)});
  }
}

void NewsDelivery::finish(Napi::Env env) {
  deliver(env);
  if (!failure_.IsEmpty()) throw Napi::Error(env, failure_.Value());
}

}  // namespace adapter_lab
