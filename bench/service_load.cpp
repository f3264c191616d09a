// Clients of the Redis protocol that send SETs, or GETs, in pipelines, for scripts/bench.sh service: how many
// are answered a second, and how long any client has waited for an answer at most.
//
// synod_service_load --ports 6381,6382 [--get] [--clients 50] [--pipeline 16] [--seconds 3] [--size 64]
// [--keys 10000] [--wait N]
//
// With --get all of the keys must be there, with values without ends of lines. With --wait each pipeline ends
// with `WAIT N 0`, which a redis-server answers when N replicas have its SETs. A client whose connection
// breaks goes on at the next port, with what was not answered sent again. Prints one JSON object.

#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <string>
#include <vector>

#include "synod/core/splitmix.hpp"
#include "synod/node/clock.hpp"
#include "synod/node/tcp.hpp"

namespace {

using namespace synod;

struct Load {
    std::vector<std::uint16_t> ports;
    std::size_t clients = 50;
    std::size_t pipeline = 16;
    double seconds = 3;
    std::size_t size = 64;
    std::uint64_t keys = 10'000;
    unsigned wait = 0;
    bool get = false;

    // Of the replies to a pipeline.
    [[nodiscard]] std::size_t lines() const { return pipeline * (get ? 2 : 1) + (wait > 0 ? 1 : 0); }
};

std::string bulk(const std::string& word) {
    return fmt::format("${}\r\n{}\r\n", word.size(), word);
}

class Client {
public:
    Client(const Load& load, int epoll, std::uint32_t number)
        : load_(load), epoll_(epoll), number_(number), random_(number), place_(number % load.ports.size()) {}

    void begin(Time now) {
        heard_ = now;
        make_pipeline();
        connect();
    }
    void happened(std::uint32_t events, Time now) {
        if ((events & EPOLLOUT) != 0) send();
        if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) receive(now);
    }
    // Who could not connect tries again.
    void tick(Time now) {
        if (!stream_ && now.since(lost_) > milliseconds(5)) connect();
    }
    void end(Time now) { silence_ = std::max(silence_, now.since(heard_)); }

    [[nodiscard]] std::uint64_t answered() const noexcept { return answered_; }
    [[nodiscard]] std::uint64_t errors() const noexcept { return errors_; }
    [[nodiscard]] Duration silence() const noexcept { return silence_; }
    [[nodiscard]] std::uint64_t reconnects() const noexcept { return reconnects_; }

private:
    void make_pipeline() {
        request_.clear();
        const std::string value(load_.size, 'v');
        for (std::size_t k = 0; k < load_.pipeline; ++k) {
            const std::string key = fmt::format("key:{:012}", splitmix(random_) % load_.keys);
            request_ += load_.get ? "*2\r\n$3\r\nGET\r\n" + bulk(key)
                                  : "*3\r\n$3\r\nSET\r\n" + bulk(key) + bulk(value);
        }
        if (load_.wait > 0) request_ += "*3\r\n$4\r\nWAIT\r\n" + bulk(std::to_string(load_.wait)) + bulk("0");
        lines_ = load_.lines();
        sent_ = 0;
    }
    void connect() {
        sent_ = 0;
        lines_ = load_.lines();
        try {
            stream_ = node::connect_to({INADDR_LOOPBACK, load_.ports[place_]});
        } catch (const std::exception&) {
            return lose();
        }
        epoll_event event{};
        event.events = EPOLLIN | EPOLLOUT | EPOLLET;
        event.data.u32 = number_;
        ::epoll_ctl(epoll_, EPOLL_CTL_ADD, stream_.get(), &event);
    }
    void lose() {
        stream_ = {};
        lost_ = node::now();
        place_ = (place_ + 1) % load_.ports.size();
        ++reconnects_;
    }
    void send() {
        while (stream_ && sent_ < request_.size()) {
            const ssize_t count =
                ::send(stream_.get(), request_.data() + sent_, request_.size() - sent_, MSG_NOSIGNAL);
            if (count < 0 && errno == EAGAIN) return;
            if (count < 0) return lose();
            sent_ += static_cast<std::size_t>(count);
        }
    }
    void receive(Time now) {
        std::array<char, 16 << 10> buffer;
        while (stream_) {
            const ssize_t count = ::recv(stream_.get(), buffer.data(), buffer.size(), 0);
            if (count < 0 && errno == EAGAIN) return;
            if (count <= 0) return lose();
            silence_ = std::max(silence_, now.since(heard_));
            heard_ = now;
            for (ssize_t k = 0; k < count; ++k)
                take(buffer[static_cast<std::size_t>(k)]);
        }
    }
    void take(char c) {
        errors_ += c == '-';
        if (c != '\n' || --lines_ > 0) return;
        answered_ += load_.pipeline;
        make_pipeline();
        send();
    }

    const Load& load_;
    int epoll_;
    std::uint32_t number_;
    std::uint64_t random_;
    std::size_t place_;
    node::OwnedFd stream_;
    std::string request_;
    std::size_t sent_ = 0;
    std::size_t lines_ = 0;  // of the replies that are to come
    std::uint64_t answered_ = 0;
    std::uint64_t errors_ = 0;
    std::uint64_t reconnects_ = 0;
    Time heard_;
    Time lost_;
    Duration silence_;
};

void run(const Load& load) {
    const node::OwnedFd epoll(::epoll_create1(EPOLL_CLOEXEC));
    std::vector<Client> clients;
    for (std::size_t k = 0; k < load.clients; ++k)
        clients.emplace_back(load, epoll.get(), static_cast<std::uint32_t>(k));
    const Time begin = node::now();
    const Time until = begin + Duration{static_cast<std::uint64_t>(load.seconds * 1e9)};
    for (Client& client : clients)
        client.begin(begin);
    std::array<epoll_event, 64> events;
    Time now = begin;
    while (now < until) {
        const int count = ::epoll_wait(epoll.get(), events.data(), static_cast<int>(events.size()), 5);
        now = node::now();
        for (int k = 0; k < count; ++k)
            clients[events[static_cast<std::size_t>(k)].data.u32].happened(
                events[static_cast<std::size_t>(k)].events, now);
        for (Client& client : clients)
            client.tick(now);
    }
    std::uint64_t answered = 0;
    std::uint64_t errors = 0;
    std::uint64_t reconnects = 0;
    Duration silence;
    for (Client& client : clients) {
        client.end(now);
        answered += client.answered();
        errors += client.errors();
        reconnects += client.reconnects();
        silence = std::max(silence, client.silence());
    }
    fmt::print(
        "{{\"requests_per_second\": {:.0f}, \"errors\": {}, \"reconnects\": {}, \"silence_ms\": {:.1f}}}\n",
        static_cast<double>(answered) / (static_cast<double>(now.since(begin).ns) / 1e9), errors, reconnects,
        static_cast<double>(silence.ns) / 1e6);
}

}  // namespace

int main(int argc, char** argv) {
    Load load;
    CLI::App app("Clients that send SETs or GETs in pipelines");
    app.add_option("--ports", load.ports)->required()->delimiter(',');
    app.add_option("--clients", load.clients);
    app.add_option("--pipeline", load.pipeline);
    app.add_option("--seconds", load.seconds);
    app.add_option("--size", load.size);
    app.add_option("--keys", load.keys);
    app.add_option("--wait", load.wait);
    app.add_flag("--get", load.get);
    CLI11_PARSE(app, argc, argv);
    run(load);
}
