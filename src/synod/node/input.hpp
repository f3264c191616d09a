#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "synod/core/client.hpp"
#include "synod/core/time.hpp"
#include "synod/node/options.hpp"
#include "synod/node/stamps.hpp"
#include "synod/node/workload.hpp"

namespace synod::node {

// Lets values through at a rate: as many as should have been written since the first one. Values that come
// faster than one in kTogether go several at a time: waking for each would keep a processor busy.
class Pace {
public:
    static constexpr Duration kTogether = microseconds(100);

    explicit Pace(double values_per_second) : rate_(values_per_second) {}
    // Whether the value after `written` ones may go now.
    [[nodiscard]] bool allows(std::uint64_t written, Time now);
    // After it may not: when to ask again.
    [[nodiscard]] Time next() const noexcept { return next_; }

private:
    double rate_;  // 0: unlimited
    std::optional<Time> start_;
    Time next_;
};

// Where a client's values come from. pump() writes as many into the client as it takes now.
class Input {
public:
    virtual ~Input() = default;

    virtual void pump(Client& client, Time now) = 0;
    // The last value has been written.
    [[nodiscard]] virtual bool exhausted() const noexcept = 0;
    // What must be readable before the next pump; -1: nothing.
    [[nodiscard]] virtual int fd() const noexcept = 0;
    // The time of the next pump, which may wait for fd() besides. REQUIRES: !exhausted().
    [[nodiscard]] virtual Time deadline(const Client& client) const noexcept = 0;
    // Bytes of the values written so far.
    [[nodiscard]] virtual std::uint64_t bytes() const noexcept = 0;
};

// Lines of a descriptor, without their newlines. A line longer than the buffer is written in parts.
class LineInput : public Input {
public:
    LineInput(int fd, double lines_per_second, std::uint16_t client, Stamps& stamps);

    // Throws std::runtime_error when reading fails or a line is longer than kValueBytesMax.
    void pump(Client& client, Time now) override;
    [[nodiscard]] bool exhausted() const noexcept override {
        return end_of_file_ && begin_ == end_ && !in_value_;
    }
    [[nodiscard]] int fd() const noexcept override;
    [[nodiscard]] Time deadline(const Client& client) const noexcept override;
    [[nodiscard]] std::uint64_t bytes() const noexcept override { return bytes_; }

private:
    [[nodiscard]] bool needs_input() const noexcept { return !end_of_file_ && !stuck_; }
    void fill();
    void write_lines(Client& client, Time now);
    bool write_part(Client& client, std::size_t size, bool ends_value, Time now);

    int fd_;
    bool pollable_;  // else it is always readable, as a file is
    std::uint16_t client_;
    Stamps& stamps_;
    Pace pace_;
    std::vector<std::byte> buffer_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    bool stuck_ = false;  // lines are at hand that the client or the pace does not let through
    bool end_of_file_ = false;
    bool in_value_ = false;  // a part of a line has been written, its end has not
    std::size_t value_bytes_ = 0;
    std::uint64_t bytes_ = 0;
};

// Values that the client makes up itself.
class GeneratedInput : public Input {
public:
    GeneratedInput(const Generate& generate, std::uint16_t client, Stamps& stamps);

    void pump(Client& client, Time now) override;
    [[nodiscard]] bool exhausted() const noexcept override { return exhausted_ && in_value_ == 0; }
    [[nodiscard]] int fd() const noexcept override { return -1; }
    [[nodiscard]] Time deadline(const Client& client) const noexcept override;
    [[nodiscard]] std::uint64_t bytes() const noexcept override { return bytes_; }

private:
    bool write_rest(Client& client, Time now);

    Generate generate_;
    std::uint16_t client_;
    Stamps& stamps_;
    ValueMaker maker_;
    Pace pace_;
    std::optional<Time> start_;
    std::vector<std::byte> value_;
    std::size_t in_value_ = 0;  // bytes of value_ still to be written
    bool exhausted_ = false;
    bool is_measured_ = false;  // the latency of what is written now
    std::uint64_t bytes_ = 0;
};

}  // namespace synod::node
