#include "api/openapi.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <map>

#include "api/service.hpp"

namespace api {
namespace {
namespace json = boost::json;

json::value parse(const std::string& text) { return json::parse(text); }

std::string indent(const json::value& v, int depth = 0) {
  const std::string pad(static_cast<std::size_t>(depth) * 2 + 2, ' '),
      end(static_cast<std::size_t>(depth) * 2, ' ');
  std::string out;
  if (v.is_object() && !v.get_object().empty()) {
    for (const auto& m : v.get_object())
      out += (out.empty() ? "{\n" : ",\n") + pad + json::serialize(json::value(m.key())) + ": " +
             indent(m.value(), depth + 1);
    return out + "\n" + end + "}";
  }
  if (v.is_array() && !v.get_array().empty()) {
    for (const auto& m : v.get_array()) out += (out.empty() ? "[\n" : ",\n") + pad + indent(m, depth + 1);
    return out + "\n" + end + "]";
  }
  return json::serialize(v);
}

json::object response(std::string_view description, const std::string& type, json::value schema) {
  json::object content;
  json::object media;
  media["schema"] = std::move(schema);
  content[type] = std::move(media);
  return json::object{{"description", json::string(description)}, {"content", std::move(content)}};
}

// "getApiHouseholdsId"
std::string operation_id(const Endpoint& e) {
  std::string id;
  for (const char c : e.method) id += static_cast<char>(c + 32);
  bool upper = true;
  for (const char c : e.path) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (!letter)
      upper = true;
    else {
      id += upper && c >= 'a' ? static_cast<char>(c - 32) : c;
      upper = false;
    }
  }
  return id;
}

json::object operation(const Endpoint& e, meta::Schemas& schemas) {
  json::object op;
  op["operationId"] = operation_id(e);
  op["summary"] = e.summary;
  op["tags"] = json::array{json::string(e.segments.size() > 1 ? e.segments[1] : "program")};
  op["x-permission"] = json::string(meta::name_of(e.permission));
  json::array parameters;
  for (const auto& s : e.segments)
    if (s.front() == '{')
      parameters.push_back(json::object{{"name", s.substr(1, s.size() - 2)},
                                        {"in", "path"},
                                        {"required", true},
                                        {"schema", parse(R"({"type":"string"})")}});
  if (e.input_from == InputFrom::query)
    for (const auto& f : e.input->fields)
      parameters.push_back(json::object{{"name", json::string(f.name)},
                                        {"in", "query"},
                                        {"required", !f.ops->optional},
                                        {"schema", parse(f.ops->schema(schemas))}});
  if (!parameters.empty()) op["parameters"] = std::move(parameters);
  if (e.input_from == InputFrom::body || e.consumes != "application/json") {
    json::object media;
    media["schema"] = e.input_from == InputFrom::body ? parse(schemas.ref(*e.input))
                                                      : parse(R"({"type":"string","format":"binary"})");
    json::object content;
    content[e.consumes] = std::move(media);
    op["requestBody"] = json::object{{"required", true}, {"content", std::move(content)}};
  }
  json::object responses;
  if (e.output)
    responses["200"] = response("The answer", e.produces, parse(e.output(schemas)));
  else if (e.produces != "application/json")
    responses["200"] = response("A file", e.produces, parse(R"({"type":"string","format":"binary"})"));
  else
    responses["204"] = json::object{{"description", "Done"}};
  responses["default"] =
      response("A problem", "application/problem+json", parse(schemas.ref(meta::record_of<ProblemBody>())));
  op["responses"] = std::move(responses);
  return op;
}

std::string escape(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '<')
      out += "&lt;";
    else if (c == '&')
      out += "&amp;";
    else
      out += c;
  }
  return out;
}

}  // namespace

std::string openapi_document(const Router& router, std::string_view program_version) {
  meta::Schemas schemas;
  // What is sent comes first: a record that is both sent and answered keeps its optional members optional.
  for (const auto& e : router.endpoints())
    if (e->input_from == InputFrom::body) schemas.ref(*e->input);
  schemas.answers_only();
  std::map<std::string, std::map<std::string, json::object>> paths;
  for (const auto& e : router.endpoints()) {
    std::string method;
    for (const char c : e->method) method += static_cast<char>(c + 32);
    paths[e->path][method] = operation(*e, schemas);
  }
  json::object path_objects;
  for (auto& [path, methods] : paths) {
    json::object item;
    for (auto& [method, op] : methods) item[method] = std::move(op);
    path_objects[path] = std::move(item);
  }
  std::map<std::string, std::string> sorted(schemas.defined().begin(), schemas.defined().end());
  json::object components;
  for (const auto& [name, schema] : sorted) components[name] = parse(schema);
  const json::object document{
      {"openapi", "3.1.0"},
      {"info", json::object{{"title", "Shouwang"}, {"version", json::string(program_version)}}},
      {"paths", std::move(path_objects)},
      {"components", json::object{{"schemas", std::move(components)}}}};
  return indent(document) + "\n";
}

std::string api_page(const Router& router) {
  std::string rows;
  for (const auto& e : router.endpoints())
    rows += fmt::format("<tr><td><code>{}</code></td><td><code>{}</code></td><td>{}</td><td>{}</td></tr>\n",
                        e->method, escape(e->path), escape(e->summary), meta::name_of(e->permission));
  return "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Shouwang API</title>"
         "<meta name=\"viewport\" content=\"width=device-width\">"
         "<style>body{font:16px/1.5 "
         "system-ui,sans-serif;margin:2rem;max-width:70rem}table{border-collapse:collapse}"
         "td,th{padding:.3rem .8rem;border-bottom:1px solid #ccc;text-align:left}</style>"
         "<main><h1>Shouwang API</h1><p>Shapes, limits and errors: <a "
         "href=\"/openapi.json\">openapi.json</a> (OpenAPI 3.1).</p>"
         "<table><thead><tr><th>Method</th><th>Path</th><th>What it "
         "does</th><th>Permission</th></tr></thead><tbody>" +
         rows + "</tbody></table></main></html>";
}

}  // namespace api
