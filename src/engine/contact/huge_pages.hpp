#pragma once
// Memory that is read all over, in pages of two megabytes where the system has them: an address is then found
// without going through tables of pages that do not fit the cache either. Small amounts come from the heap.
#include <sys/mman.h>

#include <cstddef>
#include <cstdlib>
#include <new>

namespace engine::contact {

template <class T>
struct HugePages {
  using value_type = T;

  HugePages() = default;
  template <class Other>
  HugePages(const HugePages<Other>&) noexcept {}

  T* allocate(std::size_t count) {
    const auto bytes = count * sizeof(T);
    if (bytes < least) return static_cast<T*>(::operator new(bytes, alignment));
    void* memory = std::aligned_alloc(page, (bytes + page - 1) / page * page);
    if (memory == nullptr) throw std::bad_alloc();
    (void)madvise(memory, bytes, MADV_HUGEPAGE);  // a wish: without it all is as before
    return static_cast<T*>(memory);
  }
  void deallocate(T* memory, std::size_t count) noexcept {
    if (count * sizeof(T) < least)
      ::operator delete(memory, alignment);
    else
      std::free(memory);
  }
  friend bool operator==(const HugePages&, const HugePages&) { return true; }

 private:
  static constexpr std::align_val_t alignment{alignof(T)};
  static constexpr std::size_t page = std::size_t{2} << 20, least = 2 * page;
};

}  // namespace engine::contact
