// What rewrite.mjs puts into a copy of the kernels:
// each barrier and each test asks whether it is the one that is broken now.
#pragma once

namespace adapter_lab::mutants {

enum class Change { kNone, kRemoved, kTrue, kFalse, kEdge };

constexpr int kMostSites = 100000;
struct Broken {
  int site = -1;
  Change change = Change::kNone;
};
extern Broken broken;
/** Sites that were come by. */
extern bool reached[kMostSites];

inline bool is_removed(int site) {
  reached[site] = true;
  return site == broken.site;
}

/** `result`, or what the change makes of it; `edge` is the result with the bound counted in, or out. */
template <class Edge>
inline bool decide(int site, bool result, const Edge& edge) {
  reached[site] = true;
  if (site != broken.site) [[likely]]
    return result;
  return broken.change == Change::kEdge ? edge() : broken.change == Change::kTrue;
}

template <class T>
inline bool holds(int site, const T& condition) {
  return decide(site, static_cast<bool>(condition), [] { return false; });
}
template <class A, class B>
inline bool less(int site, const A& a, const B& b) {
  return decide(site, a < b, [&] { return a <= b; });
}
template <class A, class B>
inline bool less_or_equal(int site, const A& a, const B& b) {
  return decide(site, a <= b, [&] { return a < b; });
}
template <class A, class B>
inline bool greater(int site, const A& a, const B& b) {
  return decide(site, a > b, [&] { return a >= b; });
}
template <class A, class B>
inline bool greater_or_equal(int site, const A& a, const B& b) {
  return decide(site, a >= b, [&] { return a > b; });
}
template <class A, class B>
inline bool equal(int site, const A& a, const B& b) {
  return decide(site, a == b, [] { return false; });
}
template <class A, class B>
inline bool not_equal(int site, const A& a, const B& b) {
  return decide(site, a != b, [] { return false; });
}

}  // namespace adapter_lab::mutants
