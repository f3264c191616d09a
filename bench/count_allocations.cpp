// To be preloaded (LD_PRELOAD): counts how often a process takes memory from the heap, operator new included.
// The count stands in a file named by the pid in the directory $SYNOD_ALLOCATIONS, eight bytes, at any
// moment.

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

extern "C" {
// The same of glibc, under the names that nobody replaces.
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* memory, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);
}

namespace {

using Count = std::atomic<std::uint64_t>;
static_assert(Count::is_always_lock_free && sizeof(Count) == 8);

Count before_the_file;
Count* allocations = &before_the_file;

void count() noexcept {
    allocations->fetch_add(1, std::memory_order_relaxed);
}

[[gnu::constructor]] void open_file() {
    const char* const directory = std::getenv("SYNOD_ALLOCATIONS");
    if (directory == nullptr) return;
    char path[4096];
    std::snprintf(path, sizeof path, "%s/%d", directory, getpid());
    const int fd = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0600);
    if (fd < 0 || ftruncate(fd, sizeof(Count)) != 0) return;
    void* const memory = mmap(nullptr, sizeof(Count), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (memory != MAP_FAILED) allocations = static_cast<Count*>(memory);
}

}  // namespace

extern "C" {

void* malloc(std::size_t size) {
    count();
    return __libc_malloc(size);
}

void* calloc(std::size_t number, std::size_t size) {
    count();
    return __libc_calloc(number, size);
}

void* realloc(void* memory, std::size_t size) {
    count();
    return __libc_realloc(memory, size);
}

void* aligned_alloc(std::size_t alignment, std::size_t size) {
    count();
    return __libc_memalign(alignment, size);
}

}  // extern "C"
