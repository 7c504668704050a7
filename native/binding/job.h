// The addon's only asynchronous worker. `work` runs off the JavaScript thread and must not touch Napi;
// `to_js` runs on it and must not block; what it throws is the rejection.
// An Error's code and data become properties of one.
#pragma once
#include <napi.h>

#include <new>
#include <optional>
#include <utility>

#include "core/error.h"

namespace adapter_lab {

template <class Work, class ToJs>
class Job final : public Napi::AsyncWorker {
 public:
  Job(Napi::Env env, Work work, ToJs to_js)
      : AsyncWorker(env), deferred_(env), work_(std::move(work)), to_js_(std::move(to_js)) {}
  Napi::Promise promise() const { return deferred_.Promise(); }

 private:
  void Execute() override {
    try {
      result_.emplace(work_());
    } catch (const Error& error) {
      error_.emplace(error);
      throw;  // node-addon-api calls OnError with its text
    } catch (const std::bad_alloc&) {
      error_.emplace("out-of-memory", "host memory");
      throw;
    }
  }
  void OnOK() override {
    try {
      deferred_.Resolve(to_js_(Env(), std::move(*result_)));
    } catch (const Napi::Error& error) {
      deferred_.Reject(error.Value());
    }
  }
  void OnError(const Napi::Error& error) override {
    const Error known = error_ ? *error_ : Error("internal", "addon", error.Message());
    Napi::Object value = error.Value();
    value.Set("code", known.code);
    value.Set("subject", known.subject);
    value.Set("detail", known.detail);
    value.Set("sizeBytes", static_cast<double>(known.size_bytes));
    if (known.free_bytes >= 0) value.Set("freeBytes", static_cast<double>(known.free_bytes));
    if (known.taken_bytes >= 0) value.Set("takenBytes", static_cast<double>(known.taken_bytes));
    deferred_.Reject(value);
  }

  Napi::Promise::Deferred deferred_;
  Work work_;
  ToJs to_js_;
  std::optional<Error> error_;
  std::optional<decltype(std::declval<Work&>()())> result_;
};

/** The job deletes itself when its promise is settled. */
template <class Work, class ToJs>
Napi::Promise start_job(Napi::Env env, Work work, ToJs to_js) {
  auto* job = new Job<Work, ToJs>(env, std::move(work), std::move(to_js));
  job->Queue();
  return job->promise();
}

}  // namespace adapter_lab
