#pragma once

#include <cstddef>

#include "synod/core/range_set.hpp"
#include "synod/core/time.hpp"

// How many bytes things take on the wire, so that roles can bound their batches and pages.

namespace synod::wire {

inline constexpr std::size_t kDatagramBytesMax = 65'507;  // what UDP over IPv4 carries
inline constexpr std::size_t kHeaderBytes = 48;
inline constexpr std::size_t kBallotBytes = 8 + 2 + 8;
inline constexpr std::size_t kReignBytes = kBallotBytes + 8 + 8;
inline constexpr std::size_t kRangeBytes = 8 + 8;

// Bytes of a datagram beyond its batch, its run, its votes, its sessions.
inline constexpr std::size_t kAcceptOverhead = kHeaderBytes + kReignBytes + 8;
inline constexpr std::size_t kSubmitOverhead = kHeaderBytes;
inline constexpr std::size_t kPromiseOverhead = kHeaderBytes + kBallotBytes + kRangeBytes + 8 + 8 + 2;
inline constexpr std::size_t kRepairOverhead = kHeaderBytes + 8 + 8 + 1 + 2;
inline constexpr std::size_t kCheckpointOverhead = kHeaderBytes + 8 + 16 + 1 + 2;
inline constexpr std::size_t kSessionEntryBytes = 16 + 8;
// Bytes of a vote beyond its value.
inline constexpr std::size_t kVoteEntryOverhead = 8 + kBallotBytes + 1 + 2;

// A report of a proposer is the longest one, and no longer than the request: who asks in another's name does
// not have more sent there than it sends itself.
inline constexpr std::size_t kLossesBytes = 8 + 8 + 8 + 8;
inline constexpr std::size_t kProposerReportBytes =
    kHeaderBytes + 8 + kBallotBytes + 1 + kBallotBytes + 8 + 8 + 8 + kLossesBytes;
inline constexpr std::size_t kStatusPadding = kProposerReportBytes - kHeaderBytes - 8;

// The longest batch, and so the longest run: an acceptor must be able to report it, in a 1B with no other
// vote, or a single 2A could silence it.
inline constexpr std::size_t kBatchBytesMax = kDatagramBytesMax - kPromiseOverhead - kVoteEntryOverhead;
static_assert(kAcceptOverhead + kBatchBytesMax <= kDatagramBytesMax);
static_assert(kRepairOverhead + kVoteEntryOverhead + kBatchBytesMax <= kDatagramBytesMax);

// The most that anybody may ask for in one request, a window: a few bytes of question could else have a whole
// history sent.
inline constexpr std::uint32_t kRepairBudgetMax = 1 << 20;

// The longest silence that a heartbeat may announce: one that lies must not hold back all others for ever.
inline constexpr Duration kQuietMax = milliseconds(10'000);

// The longest datagram of a message without votes, without sessions and without its batch or run: a 2B with
// as many ranges as it takes.
inline constexpr std::size_t kHeadBytesMax =
    kHeaderBytes + kBallotBytes + 8 + 8 + 4 + 1 + FewRanges::kMax * kRangeBytes;

}  // namespace synod::wire
