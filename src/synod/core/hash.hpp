#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <ranges>
#include <tuple>
#include <type_traits>

#include "synod/core/ballot.hpp"
#include "synod/core/bytes.hpp"
#include "synod/core/ids.hpp"
#include "synod/core/splitmix.hpp"

namespace synod {

class StateHash;

// All that the next steps of an object depend on, as a tuple: its operator== and its hash are made of it, so
// that neither can leave out what the other has. Memory kept for use again and counters for people are no
// part of it.
template <typename T>
concept HasState = requires(const T& object) {
    object.state();
};

// For what cannot be named as a tuple: strings of bytes in an arena, slots of a ring.
template <typename T>
concept HashesItself = requires(const T& object, StateHash& hash) {
    object.hash_into(hash);
};

// Folds a role's state, in a canonical order, into 64 bits: states that compare equal hash equal, on
// every machine, whatever history led to them.
class StateHash {
public:
    void add(std::uint64_t word) noexcept { state_ = mix(state_ ^ word) + kGolden; }
    template <typename T>
    requires((std::integral<T> && !std::same_as<T, std::uint64_t>) ||
             std::is_enum_v<T>) void add(T value) noexcept {
        add(static_cast<std::uint64_t>(value));
    }
    void add(Bytes bytes) noexcept {
        add(std::uint64_t{bytes.size()});
        for (; bytes.size() >= 8; bytes = bytes.subspan(8))
            add(load<std::uint64_t>(bytes.data()));
        std::uint64_t tail = 0;
        for (const std::byte b : bytes)
            tail = tail << 8 | static_cast<std::uint64_t>(b);
        add(tail);
    }
    template <typename Tag, typename Rep>
    void add(StrongId<Tag, Rep> id) noexcept {
        add(static_cast<std::uint64_t>(id.value()));
    }
    template <HashesItself T>
    void add(const T& object) {
        object.hash_into(*this);
    }
    template <HasState T>
    void add(const T& object) {
        add(object.state());
    }
    template <typename... Ts>
    void add(const std::tuple<Ts...>& tuple) {
        std::apply([this](const auto&... parts) { (this->add(parts), ...); }, tuple);
    }
    template <typename A, typename B>
    void add(const std::pair<A, B>& pair) {
        add(pair.first);
        add(pair.second);
    }
    template <typename T>
    void add(const std::optional<T>& maybe) {
        add(maybe.has_value());
        if (maybe) add(*maybe);
    }
    template <std::ranges::sized_range R>
    requires(!std::convertible_to<const R&, Bytes> && !HasState<R> &&
             !HashesItself<R>) void add(const R& range) {
        add(std::uint64_t{std::ranges::size(range)});
        for (const auto& part : range)
            add(part);
    }
    [[nodiscard]] std::uint64_t value() const noexcept { return state_; }

private:
    std::uint64_t state_ = kGolden;
};

// Of one object alone.
template <HasState T>
[[nodiscard]] std::uint64_t state_hash(const T& object) {
    StateHash hash;
    hash.add(object);
    return hash.value();
}

}  // namespace synod
