#include "synod/trace/compact.hpp"

#include <fmt/format.h>

#include <iterator>
#include <string_view>
#include <utility>

#include "synod/trace/json_lines.hpp"

namespace synod::trace {

namespace {

constexpr std::string_view kHeader = "synod trace 1\n";
constexpr unsigned kBitsAByte = 7;  // of a number
constexpr std::uint8_t kMore = 0x80;
constexpr std::uint64_t kGroup = kRoles;  // added to the role of a Who

// ---- Writing

void put(std::string& out, std::uint64_t number) {
    for (; number >= kMore; number >>= kBitsAByte)
        out += static_cast<char>(number | kMore);
    out += static_cast<char>(number);
}

class FieldWriter {
public:
    FieldWriter(std::string& out, Before& before) : out_(out), before_(before) {}

    template <typename T>
    void always(const char*, const T& value) {
        write(value);
    }
    // The fields come behind the number that says which of them there are.
    template <typename T>
    void field(const char*, const T& value) {
        if (value != T{}) {
            present_ |= std::uint64_t{1} << count_;
            FieldWriter(fields_, before_).write(value);
        }
        ++count_;
    }
    void end() {
        put(out_, present_);
        out_ += fields_;
    }

private:
    void write(std::uint64_t number) { put(out_, number); }
    void write(bool) {}  // that it is there says all
    void write(InstanceId instance) { put(out_, instance.value()); }
    void write(Kind kind) { put(out_, static_cast<std::uint64_t>(kind)); }
    void write(Time at) {
        const auto since = static_cast<std::int64_t>(at.ns - std::exchange(before_.at, at).ns);
        put(out_, static_cast<std::uint64_t>(since) << 1 ^ static_cast<std::uint64_t>(since >> 63));
    }
    void write(const std::optional<Who>& who) {
        put(out_, static_cast<std::uint64_t>(who->role) + (who->group ? kGroup : 0));
        put(out_, who->id);
    }
    void write(const std::string& text) {
        put(out_, text.size());
        out_ += text;
    }
    void write(const Ballot& ballot) {
        if (ballot == before_.ballot) return put(out_, 0);
        before_.ballot = ballot;
        put(out_, ballot.round.value());
        put(out_, ballot.proposer.value());
        put(out_, ballot.incarnation.value());
    }
    void write(const Range& range) {
        put(out_, range.first.value());
        put(out_, range.end == kInstanceEnd ? 0 : range.end.since(range.first) + 1);
    }
    void write(const Vote& vote) {
        FieldWriter writer(out_, before_);
        visit_vote(vote, writer);
        writer.end();
    }
    template <typename Element>
    void write(const std::vector<Element>& list) {
        put(out_, list.size());
        for (const Element& element : list)
            write(element);
    }

    std::string& out_;
    Before& before_;
    std::string fields_;
    std::uint64_t present_ = 0;
    unsigned count_ = 0;
};

// ---- And back

class TraceBytes {
public:
    explicit TraceBytes(std::string_view left) : left_(left) {}

    [[nodiscard]] bool empty() const noexcept { return left_.empty(); }
    std::string_view take(std::uint64_t count) {
        if (count > left_.size()) throw FormatError("it ends too early");
        const std::string_view taken = left_.substr(0, count);
        left_.remove_prefix(count);
        return taken;
    }
    std::uint64_t take_number() {
        std::uint64_t number = 0;
        for (unsigned shift = 0; shift < 64; shift += kBitsAByte) {
            const auto byte = static_cast<std::uint8_t>(take(1).front());
            number |= static_cast<std::uint64_t>(byte & ~kMore) << shift;
            if ((byte & kMore) == 0) return number;
        }
        throw FormatError("a number does not end");
    }

private:
    std::string_view left_;
};

class FieldReader {
public:
    FieldReader(TraceBytes& bytes, Before& before) : bytes_(bytes), before_(before) {}

    template <typename T>
    void always(const char*, T& value) {
        read(value);
    }
    template <typename T>
    void field(const char*, T& value) {
        if (!present_) present_ = bytes_.take_number();
        if ((*present_ >> count_++ & 1) != 0) read(value);
    }

private:
    // A number that may be no larger than `max`.
    std::uint64_t number_to(std::uint64_t max, std::string_view what) {
        const std::uint64_t number = bytes_.take_number();
        if (number > max) throw FormatError(fmt::format("{} is no {}", number, what));
        return number;
    }
    std::uint16_t id() { return static_cast<std::uint16_t>(number_to(0xffff, "id")); }

    void read(std::uint64_t& number) { number = bytes_.take_number(); }
    static void read(bool& flag) { flag = true; }
    void read(InstanceId& instance) { instance = InstanceId{bytes_.take_number()}; }
    void read(Kind& kind) { kind = static_cast<Kind>(number_to(kKinds - 1, "kind of event")); }
    void read(Time& at) {
        const std::uint64_t folded = bytes_.take_number();
        before_.at = at = Time{before_.at.ns + (folded >> 1 ^ (~(folded & 1) + 1))};
    }
    void read(std::optional<Who>& who) {
        const std::uint64_t role = number_to(2 * kGroup - 1, "role");
        who = Who{static_cast<Role>(role % kGroup), 0, role >= kGroup};
        who->id = id();
    }
    void read(std::string& text) { text = bytes_.take(bytes_.take_number()); }
    void read(Ballot& ballot) {
        const std::uint64_t round = bytes_.take_number();
        if (round != 0) {
            before_.ballot.round = Round{round};
            before_.ballot.proposer = ProposerId{id()};
            before_.ballot.incarnation = Incarnation{bytes_.take_number()};
        }
        ballot = before_.ballot;
    }
    void read(Range& range) {
        range.first = InstanceId{bytes_.take_number()};
        const std::uint64_t length = bytes_.take_number();
        range.end = length == 0 ? kInstanceEnd : range.first.plus(length - 1);
    }
    void read(Vote& vote) { visit_vote(vote, FieldReader(bytes_, before_)); }
    template <typename Element>
    void read(std::vector<Element>& list) {
        for (std::uint64_t left = bytes_.take_number(); left > 0; --left)
            read(list.emplace_back());
    }

    TraceBytes& bytes_;
    Before& before_;
    std::optional<std::uint64_t> present_;
    unsigned count_ = 0;
};

// The bytes of an event; nothing when the rest is none, or not a whole one.
std::optional<std::string_view> next_record(TraceBytes& bytes) {
    try {
        return bytes.take(bytes.take_number());
    } catch (const FormatError&) {
        return std::nullopt;
    }
}

}  // namespace

CompactWriter::CompactWriter(std::ostream& out) : out_(out) {
    out_ << kHeader;
}

void CompactWriter::add(Event event) {
    std::string bytes;
    FieldWriter writer(bytes, before_);
    visit_event(event, writer);
    writer.end();
    std::string size;
    put(size, bytes.size());
    out_ << size << bytes;
}

std::vector<Event> read_compact(std::istream& in) {
    const std::string text(std::istreambuf_iterator<char>(in), {});
    std::vector<Event> events;
    if (text.size() < kHeader.size() && kHeader.starts_with(text)) return events;
    if (!text.starts_with(kHeader)) throw FormatError("it does not begin as a trace does");
    TraceBytes bytes(std::string_view(text).substr(kHeader.size()));
    Before before;
    while (const auto record = next_record(bytes)) {
        try {
            TraceBytes fields(*record);
            visit_event(events.emplace_back(), FieldReader(fields, before));
            if (!fields.empty()) throw FormatError("it is too long");
        } catch (const FormatError& error) {
            throw FormatError(fmt::format("event {}: {}", events.size(), error.what()));
        }
    }
    return events;
}

std::vector<Event> read_trace(std::istream& in) {
    return in.peek() == '{' ? read_json_lines(in) : read_compact(in);
}

}  // namespace synod::trace
