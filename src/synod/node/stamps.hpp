#pragma once

#include <atomic>
#include <cstdint>
#include <optional>

namespace synod::node {

// When values were submitted, on CLOCK_MONOTONIC: memory that the runner makes, clients write and
// learners read, so that learners of the same host know how long a value took. Only some values are
// stamped; a slot says whose stamp it holds, so one that was overwritten yields nothing, never another's.
class Stamps {
public:
    Stamps() = default;  // no memory: write() does nothing, read() finds nothing
    Stamps(Stamps&& other) noexcept;
    Stamps& operator=(Stamps&& other) noexcept;
    ~Stamps();

    // New memory for about `clients_max` clients, or one that another process made and handed down.
    // nullopt: the system refused (errno says why), or `fd` is something else.
    static std::optional<Stamps> create(std::uint32_t clients_max);
    static std::optional<Stamps> open(int fd);

    // Kept open (close-on-exec) as long as this lives; -1 without memory.
    [[nodiscard]] int fd() const noexcept { return fd_; }
    [[nodiscard]] explicit operator bool() const noexcept { return clients_ != 0; }

    // Whether a client's value with this number (from 0) is stamped: the first ones all, then one in 16.
    [[nodiscard]] static constexpr bool sampled(std::uint64_t number) noexcept {
        return number < kDenseNumbers || number % kSampling == 0;
    }

    // REQUIRES: sampled(number); one writer a client.
    void write(std::uint16_t client, std::uint64_t number, std::uint64_t ns) noexcept;
    [[nodiscard]] std::optional<std::uint64_t> read(std::uint16_t client,
                                                    std::uint64_t number) const noexcept;

private:
    static constexpr std::uint64_t kDenseNumbers = 4096;
    static constexpr std::uint64_t kSampling = 16;
    static constexpr std::uint64_t kSlots = 65536;  // a client

    struct Slot {
        std::atomic<std::uint64_t> key;  // whose stamp; 0: nobody's, or just being written
        std::atomic<std::uint64_t> ns;
    };
    static_assert(std::atomic<std::uint64_t>::is_always_lock_free, "shared between processes");

    Stamps(int fd, std::uint32_t clients, Slot* slots) noexcept : fd_(fd), clients_(clients), slots_(slots) {}
    static std::optional<Stamps> map(int fd, std::uint32_t clients);
    [[nodiscard]] static std::uint64_t key_of(std::uint16_t client, std::uint64_t number) noexcept;
    [[nodiscard]] Slot& slot_of(std::uint16_t client, std::uint64_t number) const noexcept;
    void release() noexcept;

    int fd_ = -1;
    std::uint32_t clients_ = 0;
    Slot* slots_ = nullptr;
};

}  // namespace synod::node
