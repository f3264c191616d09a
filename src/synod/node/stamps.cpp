#include "synod/node/stamps.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace synod::node {

Stamps::Stamps(Stamps&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      clients_(std::exchange(other.clients_, 0)),
      slots_(std::exchange(other.slots_, nullptr)) {}

Stamps& Stamps::operator=(Stamps&& other) noexcept {
    std::swap(fd_, other.fd_);
    std::swap(clients_, other.clients_);
    std::swap(slots_, other.slots_);
    return *this;
}

Stamps::~Stamps() {
    release();
}

void Stamps::release() noexcept {
    if (slots_ != nullptr) munmap(slots_, clients_ * kSlots * sizeof(Slot));
    if (fd_ >= 0) close(fd_);
}

std::optional<Stamps> Stamps::create(std::uint32_t clients_max) {
    const std::uint32_t clients = std::clamp<std::uint32_t>(clients_max, 1, 65536);
    const int fd = memfd_create("synod-stamps", MFD_CLOEXEC);
    if (fd < 0) return std::nullopt;
    if (ftruncate(fd, static_cast<off_t>(clients * kSlots * sizeof(Slot))) != 0) {
        close(fd);
        return std::nullopt;
    }
    return map(fd, clients);
}

// The size of the memory alone tells how many clients it is for.
std::optional<Stamps> Stamps::open(int fd) {
    struct stat status {};
    if (fstat(fd, &status) != 0) return std::nullopt;
    const auto bytes = static_cast<std::uint64_t>(status.st_size);
    const std::uint64_t row_bytes = kSlots * sizeof(Slot);
    if (!S_ISREG(status.st_mode) || bytes == 0 || bytes % row_bytes != 0 || bytes / row_bytes > 65536) {
        errno = EINVAL;
        return std::nullopt;
    }
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    return map(fd, static_cast<std::uint32_t>(bytes / row_bytes));
}

std::optional<Stamps> Stamps::map(int fd, std::uint32_t clients) {
    void* memory = mmap(nullptr, clients * kSlots * sizeof(Slot), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (memory == MAP_FAILED) return std::nullopt;
    return Stamps(fd, clients, static_cast<Slot*>(memory));  // all zero: nobody's stamps
}

// The number alone fits 47 bits for years; the lowest bit keeps a key from being zero.
std::uint64_t Stamps::key_of(std::uint16_t client, std::uint64_t number) noexcept {
    return (number << 17) | (std::uint64_t{client} << 1) | 1;
}

Stamps::Slot& Stamps::slot_of(std::uint16_t client, std::uint64_t number) const noexcept {
    const std::uint64_t column =
        number < kDenseNumbers ? number : kDenseNumbers + (number / kSampling) % (kSlots - kDenseNumbers);
    return slots_[(client % clients_) * kSlots + column];
}

void Stamps::write(std::uint16_t client, std::uint64_t number, std::uint64_t ns) noexcept {
    if (clients_ == 0) return;
    Slot& slot = slot_of(client, number);
    slot.key.store(0, std::memory_order_relaxed);
    std::atomic_thread_fence(std::memory_order_release);
    slot.ns.store(ns, std::memory_order_relaxed);
    slot.key.store(key_of(client, number), std::memory_order_release);
}

std::optional<std::uint64_t> Stamps::read(std::uint16_t client, std::uint64_t number) const noexcept {
    if (clients_ == 0 || !sampled(number)) return std::nullopt;
    const Slot& slot = slot_of(client, number);
    const std::uint64_t key = key_of(client, number);
    if (slot.key.load(std::memory_order_acquire) != key) return std::nullopt;
    const std::uint64_t ns = slot.ns.load(std::memory_order_relaxed);
    std::atomic_thread_fence(std::memory_order_acquire);
    if (slot.key.load(std::memory_order_relaxed) != key) return std::nullopt;
    return ns;
}

}  // namespace synod::node
