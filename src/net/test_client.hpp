#pragma once
// A small blocking HTTP client on plain sockets, for the tests of this layer: it says exactly what it
// is told to, including nonsense. Every read fails after 20 s instead of hanging.
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "net/server.hpp"

namespace net::test {

struct Answer {
  int status = 0;                              // 0: the connection ended without an answer
  std::map<std::string, std::string> headers;  // lower-case names
  std::string body;
};

class Client {
 public:
  explicit Client(std::uint16_t port, int receive_buffer_bytes = 0);
  virtual ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  virtual bool write(std::string_view text);
  virtual std::string read_some();  // empty: ended
  Answer answer(bool head_only = false);
  Answer ask(std::string_view text, bool head_only = false);
  std::string until(std::string_view mark);  // everything up to and with `mark`, or to the end
  std::string rest();                        // to the end
  std::string chunks();                      // a chunked body; ends with "<cut>" if its last chunk is missing
  void half_close();
  void vanish();  // resets the connection

 protected:
  int socket_ = -1;

 private:
  bool fill();
  std::string take(std::size_t size);

  std::string seen_;
};

std::string get(std::string_view target, std::string_view more_headers = {});
std::string post(std::string_view target, std::string_view body);

// Waits for what other threads bring about; fails the caller's expectation after 20 s.
bool eventually(const std::function<bool()>& condition);

// Options for a loopback server on a free port.
Options loopback();
std::unique_ptr<Server> start(const Options& options, api::Handler handler);
api::Response text(std::string body);

}  // namespace net::test
