#pragma once

#include "synod/rsm/keyspace.hpp"
#include "synod/rsm/protocol.hpp"
#include "synod/rsm/reply_writer.hpp"

// The commands of the key-value store, by their names in Redis, whose every reply they give.
// REQUIRES: as many arguments as the command table says.
namespace synod::rsm {

// What an operation may return beyond its last command: a few bytes of request could ask for any amount, of
// every replica at once.
inline constexpr std::size_t kReplyBytesMax = 64 << 20;
inline constexpr std::string_view kValueTooLong =
    "ERR string exceeds maximum allowed size (proto-max-bulk-len)";
inline constexpr std::string_view kReplyTooLarge = "ERR the reply would be too large";

// ---- Strings (string_commands.cpp, set_commands.cpp, number_commands.cpp) -----------------------------
void get(const Keyspace&, Arguments, ReplyWriter&);
void getrange(const Keyspace&, Arguments, ReplyWriter&);
void mget(const Keyspace&, Arguments, ReplyWriter&);
void strlen(const Keyspace&, Arguments, ReplyWriter&);
void append(Keyspace&, Arguments, ReplyWriter&);
void getdel(Keyspace&, Arguments, ReplyWriter&);
void setrange(Keyspace&, Arguments, ReplyWriter&);
void mset(Keyspace&, Arguments, ReplyWriter&);
void msetnx(Keyspace&, Arguments, ReplyWriter&);

void set(Keyspace&, Arguments, ReplyWriter&);
void setnx(Keyspace&, Arguments, ReplyWriter&);
void setex(Keyspace&, Arguments, ReplyWriter&);
void psetex(Keyspace&, Arguments, ReplyWriter&);
void getset(Keyspace&, Arguments, ReplyWriter&);
void getex(Keyspace&, Arguments, ReplyWriter&);

void incr(Keyspace&, Arguments, ReplyWriter&);
void incrby(Keyspace&, Arguments, ReplyWriter&);
void decr(Keyspace&, Arguments, ReplyWriter&);
void decrby(Keyspace&, Arguments, ReplyWriter&);
void incrbyfloat(Keyspace&, Arguments, ReplyWriter&);

// ---- Keys (key_commands.cpp, scan_commands.cpp) -------------------------------------------------------
void exists(const Keyspace&, Arguments, ReplyWriter&);
void type(const Keyspace&, Arguments, ReplyWriter&);
void dbsize(const Keyspace&, Arguments, ReplyWriter&);
void del(Keyspace&, Arguments, ReplyWriter&);
void rename(Keyspace&, Arguments, ReplyWriter&);
void renamenx(Keyspace&, Arguments, ReplyWriter&);
void randomkey(Keyspace&, Arguments, ReplyWriter&);
void flushall(Keyspace&, Arguments, ReplyWriter&);
// The versions of the keys: what a connection needs to ask for at EXEC. Redis has it, and answers OK.
void watch(const Keyspace&, Arguments, ReplyWriter&);

void keys(const Keyspace&, Arguments, ReplyWriter&);
void scan(const Keyspace&, Arguments, ReplyWriter&);

// ---- Deadlines (expiry_commands.cpp) ------------------------------------------------------------------
void ttl(const Keyspace&, Arguments, ReplyWriter&);
void pttl(const Keyspace&, Arguments, ReplyWriter&);
void expiretime(const Keyspace&, Arguments, ReplyWriter&);
void pexpiretime(const Keyspace&, Arguments, ReplyWriter&);
void expire(Keyspace&, Arguments, ReplyWriter&);
void pexpire(Keyspace&, Arguments, ReplyWriter&);
void expireat(Keyspace&, Arguments, ReplyWriter&);
void pexpireat(Keyspace&, Arguments, ReplyWriter&);
void persist(Keyspace&, Arguments, ReplyWriter&);

}  // namespace synod::rsm
