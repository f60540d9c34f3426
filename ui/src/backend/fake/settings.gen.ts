// Generated from crates/node by `cargo xtask gen`. Do not edit.
/* eslint-disable */
import type { Setting } from "../api.gen";

/** Every setting of a node that was given nothing. */
export const DEFAULT_SETTINGS: readonly Setting[] = [
  {
    "key": "machine.name",
    "value": "studio",
    "default": "studio",
    "kind": {
      "type": "text",
      "min_chars": 1,
      "max_chars": 64
    },
    "source": "default",
    "origin": "",
    "variable": "BANYAN_MACHINE_NAME",
    "read_only": false,
    "needs_restart": false,
    "waiting": false,
    "in_force": true
  },
  {
    "key": "machine.hide_name",
    "value": false,
    "default": false,
    "kind": {
      "type": "bool"
    },
    "source": "default",
    "origin": "",
    "variable": "BANYAN_MACHINE_HIDE_NAME",
    "read_only": false,
    "needs_restart": false,
    "waiting": false,
    "in_force": true
  },
  {
    "key": "ui.theme",
    "value": "system",
    "default": "system",
    "kind": {
      "type": "choice",
      "options": [
        "system",
        "light",
        "dark"
      ]
    },
    "source": "default",
    "origin": "",
    "variable": "BANYAN_UI_THEME",
    "read_only": false,
    "needs_restart": false,
    "waiting": false,
    "in_force": true
  },
  {
    "key": "ui.language",
    "value": "system",
    "default": "system",
    "kind": {
      "type": "choice",
      "options": [
        "system",
        "en",
        "fa"
      ]
    },
    "source": "default",
    "origin": "",
    "variable": "BANYAN_UI_LANGUAGE",
    "read_only": false,
    "needs_restart": false,
    "waiting": false,
    "in_force": true
  },
  {
    "key": "ui.text_size",
    "value": 100,
    "default": 100,
    "kind": {
      "type": "number",
      "min": 90,
      "max": 130,
      "unit": "percent"
    },
    "source": "default",
    "origin": "",
    "variable": "BANYAN_UI_TEXT_SIZE",
    "read_only": false,
    "needs_restart": false,
    "waiting": false,
    "in_force": true
  },
  {
    "key": "ui.welcomed",
    "value": false,
    "default": false,
    "kind": {
      "type": "bool"
    },
    "source": "default",
    "origin": "",
    "variable": "BANYAN_UI_WELCOMED",
    "read_only": false,
    "needs_restart": false,
    "waiting": false,
    "in_force": true
  },
  {
    "key": "ui.tray_hint_shown",
    "value": false,
    "default": false,
    "kind": {
      "type": "bool"
    },
    "source": "default",
    "origin": "",
    "variable": "BANYAN_UI_TRAY_HINT_SHOWN",
    "read_only": false,
    "needs_restart": false,
    "waiting": false,
    "in_force": true
  },
  {
    "key": "http.enabled",
    "value": true,
    "default": true,
    "kind": {
      "type": "bool"
    },
    "source": "default",
    "origin": "",
    "variable": "BANYAN_HTTP_ENABLED",
    "read_only": false,
    "needs_restart": true,
    "waiting": false,
    "in_force": true
  },
  {
    "key": "http.address",
    "value": "127.0.0.1:8080",
    "default": "127.0.0.1:8080",
    "kind": {
      "type": "address"
    },
    "source": "default",
    "origin": "",
    "variable": "BANYAN_HTTP_ADDRESS",
    "read_only": false,
    "needs_restart": true,
    "waiting": false,
    "in_force": true
  },
  {
    "key": "network.tcp_port",
    "value": 7878,
    "default": 7878,
    "kind": {
      "type": "number",
      "min": 1,
      "max": 65535,
      "unit": "port"
    },
    "source": "default",
    "origin": "",
    "variable": "BANYAN_NETWORK_TCP_PORT",
    "read_only": false,
    "needs_restart": true,
    "waiting": false,
    "in_force": true
  },
  {
    "key": "network.udp_port",
    "value": 5000,
    "default": 5000,
    "kind": {
      "type": "number",
      "min": 1,
      "max": 65535,
      "unit": "port"
    },
    "source": "default",
    "origin": "",
    "variable": "BANYAN_NETWORK_UDP_PORT",
    "read_only": false,
    "needs_restart": true,
    "waiting": false,
    "in_force": true
  },
  {
    "key": "network.interfaces",
    "value": [],
    "default": [],
    "kind": {
      "type": "list",
      "max_items": 32,
      "max_chars": 256
    },
    "source": "default",
    "origin": "",
    "variable": "BANYAN_NETWORK_INTERFACES",
    "read_only": false,
    "needs_restart": true,
    "waiting": false,
    "in_force": true
  },
  {
    "key": "network.announce_interval",
    "value": 30,
    "default": 30,
    "kind": {
      "type": "number",
      "min": 5,
      "max": 3600,
      "unit": "seconds"
    },
    "source": "default",
    "origin": "",
    "variable": "BANYAN_NETWORK_ANNOUNCE_INTERVAL",
    "read_only": false,
    "needs_restart": true,
    "waiting": false,
    "in_force": true
  },
  {
    "key": "network.peer_timeout",
    "value": 60,
    "default": 60,
    "kind": {
      "type": "number",
      "min": 10,
      "max": 86400,
      "unit": "seconds"
    },
    "source": "default",
    "origin": "",
    "variable": "BANYAN_NETWORK_PEER_TIMEOUT",
    "read_only": false,
    "needs_restart": true,
    "waiting": false,
    "in_force": true
  },
  {
    "key": "network.message_timeout",
    "value": 30,
    "default": 30,
    "kind": {
      "type": "number",
      "min": 1,
      "max": 600,
      "unit": "seconds"
    },
    "source": "default",
    "origin": "",
    "variable": "BANYAN_NETWORK_MESSAGE_TIMEOUT",
    "read_only": false,
    "needs_restart": false,
    "waiting": false,
    "in_force": false
  },
  {
    "key": "network.max_peers",
    "value": 1000,
    "default": 1000,
    "kind": {
      "type": "number",
      "min": 1,
      "max": 1000,
      "unit": "count"
    },
    "source": "default",
    "origin": "",
    "variable": "BANYAN_NETWORK_MAX_PEERS",
    "read_only": false,
    "needs_restart": false,
    "waiting": false,
    "in_force": true
  },
  {
    "key": "network.mdns",
    "value": true,
    "default": true,
    "kind": {
      "type": "bool"
    },
    "source": "default",
    "origin": "",
    "variable": "BANYAN_NETWORK_MDNS",
    "read_only": false,
    "needs_restart": true,
    "waiting": false,
    "in_force": true
  },
  {
    "key": "network.allowed_networks",
    "value": [],
    "default": [],
    "kind": {
      "type": "list",
      "max_items": 32,
      "max_chars": 43
    },
    "source": "default",
    "origin": "",
    "variable": "BANYAN_NETWORK_ALLOWED_NETWORKS",
    "read_only": false,
    "needs_restart": true,
    "waiting": false,
    "in_force": true
  },
  {
    "key": "network.open",
    "value": false,
    "default": false,
    "kind": {
      "type": "bool"
    },
    "source": "default",
    "origin": "",
    "variable": "BANYAN_NETWORK_OPEN",
    "read_only": false,
    "needs_restart": false,
    "waiting": false,
    "in_force": true
  },
  {
    "key": "network.requests_per_minute",
    "value": 100,
    "default": 100,
    "kind": {
      "type": "number",
      "min": 1,
      "max": 100000,
      "unit": "count"
    },
    "source": "default",
    "origin": "",
    "variable": "BANYAN_NETWORK_REQUESTS_PER_MINUTE",
    "read_only": false,
    "needs_restart": false,
    "waiting": false,
    "in_force": true
  },
  {
    "key": "chat.sync_interval",
    "value": 30,
    "default": 30,
    "kind": {
      "type": "number",
      "min": 5,
      "max": 3600,
      "unit": "seconds"
    },
    "source": "default",
    "origin": "",
    "variable": "BANYAN_CHAT_SYNC_INTERVAL",
    "read_only": false,
    "needs_restart": false,
    "waiting": false,
    "in_force": false
  },
  {
    "key": "chat.max_import_bytes",
    "value": 52428800,
    "default": 52428800,
    "kind": {
      "type": "number",
      "min": 1048576,
      "max": 1073741824,
      "unit": "bytes"
    },
    "source": "default",
    "origin": "",
    "variable": "BANYAN_CHAT_MAX_IMPORT_BYTES",
    "read_only": false,
    "needs_restart": false,
    "waiting": false,
    "in_force": false
  },
  {
    "key": "chat.max_conversations",
    "value": 10000,
    "default": 10000,
    "kind": {
      "type": "number",
      "min": 1,
      "max": 1000000,
      "unit": "count"
    },
    "source": "default",
    "origin": "",
    "variable": "BANYAN_CHAT_MAX_CONVERSATIONS",
    "read_only": false,
    "needs_restart": false,
    "waiting": false,
    "in_force": false
  },
  {
    "key": "chat.max_message_chars",
    "value": 100000,
    "default": 100000,
    "kind": {
      "type": "number",
      "min": 1000,
      "max": 200000,
      "unit": "count"
    },
    "source": "default",
    "origin": "",
    "variable": "BANYAN_CHAT_MAX_MESSAGE_CHARS",
    "read_only": false,
    "needs_restart": false,
    "waiting": false,
    "in_force": true
  },
  {
    "key": "models.ollama_address",
    "value": "http://127.0.0.1:11434",
    "default": "http://127.0.0.1:11434",
    "kind": {
      "type": "url"
    },
    "source": "default",
    "origin": "",
    "variable": "BANYAN_MODELS_OLLAMA_ADDRESS",
    "read_only": false,
    "needs_restart": false,
    "waiting": false,
    "in_force": true
  },
  {
    "key": "models.default",
    "value": "",
    "default": "",
    "kind": {
      "type": "text",
      "min_chars": 0,
      "max_chars": 256
    },
    "source": "default",
    "origin": "",
    "variable": "BANYAN_MODELS_DEFAULT",
    "read_only": false,
    "needs_restart": false,
    "waiting": false,
    "in_force": true
  },
  {
    "key": "models.temperature",
    "value": "",
    "default": "",
    "kind": {
      "type": "decimal",
      "max_hundredths": 200
    },
    "source": "default",
    "origin": "",
    "variable": "BANYAN_MODELS_TEMPERATURE",
    "read_only": false,
    "needs_restart": false,
    "waiting": false,
    "in_force": true
  },
  {
    "key": "models.top_k",
    "value": 0,
    "default": 0,
    "kind": {
      "type": "number",
      "min": 0,
      "max": 1000,
      "unit": "count"
    },
    "source": "default",
    "origin": "",
    "variable": "BANYAN_MODELS_TOP_K",
    "read_only": false,
    "needs_restart": false,
    "waiting": false,
    "in_force": true
  },
  {
    "key": "models.top_p",
    "value": "",
    "default": "",
    "kind": {
      "type": "decimal",
      "max_hundredths": 100
    },
    "source": "default",
    "origin": "",
    "variable": "BANYAN_MODELS_TOP_P",
    "read_only": false,
    "needs_restart": false,
    "waiting": false,
    "in_force": true
  },
  {
    "key": "models.context",
    "value": 0,
    "default": 0,
    "kind": {
      "type": "number",
      "min": 0,
      "max": 1048576,
      "unit": "count"
    },
    "source": "default",
    "origin": "",
    "variable": "BANYAN_MODELS_CONTEXT",
    "read_only": false,
    "needs_restart": false,
    "waiting": false,
    "in_force": true
  },
  {
    "key": "models.keep_loaded",
    "value": 0,
    "default": 0,
    "kind": {
      "type": "number",
      "min": 0,
      "max": 604800,
      "unit": "seconds"
    },
    "source": "default",
    "origin": "",
    "variable": "BANYAN_MODELS_KEEP_LOADED",
    "read_only": false,
    "needs_restart": false,
    "waiting": false,
    "in_force": true
  },
  {
    "key": "models.prefer_here",
    "value": false,
    "default": false,
    "kind": {
      "type": "bool"
    },
    "source": "default",
    "origin": "",
    "variable": "BANYAN_MODELS_PREFER_HERE",
    "read_only": false,
    "needs_restart": false,
    "waiting": false,
    "in_force": true
  },
  {
    "key": "models.private",
    "value": false,
    "default": false,
    "kind": {
      "type": "bool"
    },
    "source": "default",
    "origin": "",
    "variable": "BANYAN_MODELS_PRIVATE",
    "read_only": false,
    "needs_restart": false,
    "waiting": false,
    "in_force": true
  },
  {
    "key": "models.slots",
    "value": 2,
    "default": 2,
    "kind": {
      "type": "number",
      "min": 1,
      "max": 64,
      "unit": "count"
    },
    "source": "default",
    "origin": "",
    "variable": "BANYAN_MODELS_SLOTS",
    "read_only": false,
    "needs_restart": false,
    "waiting": false,
    "in_force": true
  },
  {
    "key": "sharing.on",
    "value": false,
    "default": false,
    "kind": {
      "type": "bool"
    },
    "source": "default",
    "origin": "",
    "variable": "BANYAN_SHARING_ON",
    "read_only": false,
    "needs_restart": false,
    "waiting": false,
    "in_force": true
  },
  {
    "key": "sharing.slots",
    "value": 1,
    "default": 1,
    "kind": {
      "type": "number",
      "min": 1,
      "max": 64,
      "unit": "count"
    },
    "source": "default",
    "origin": "",
    "variable": "BANYAN_SHARING_SLOTS",
    "read_only": false,
    "needs_restart": false,
    "waiting": false,
    "in_force": true
  },
  {
    "key": "sharing.models",
    "value": [],
    "default": [],
    "kind": {
      "type": "list",
      "max_items": 256,
      "max_chars": 256
    },
    "source": "default",
    "origin": "",
    "variable": "BANYAN_SHARING_MODELS",
    "read_only": false,
    "needs_restart": false,
    "waiting": false,
    "in_force": true
  },
  {
    "key": "sharing.only_idle",
    "value": false,
    "default": false,
    "kind": {
      "type": "bool"
    },
    "source": "default",
    "origin": "",
    "variable": "BANYAN_SHARING_ONLY_IDLE",
    "read_only": false,
    "needs_restart": false,
    "waiting": false,
    "in_force": true
  },
  {
    "key": "sharing.idle_after",
    "value": 300,
    "default": 300,
    "kind": {
      "type": "number",
      "min": 1,
      "max": 86400,
      "unit": "seconds"
    },
    "source": "default",
    "origin": "",
    "variable": "BANYAN_SHARING_IDLE_AFTER",
    "read_only": false,
    "needs_restart": false,
    "waiting": false,
    "in_force": true
  },
  {
    "key": "sharing.only_plugged_in",
    "value": false,
    "default": false,
    "kind": {
      "type": "bool"
    },
    "source": "default",
    "origin": "",
    "variable": "BANYAN_SHARING_ONLY_PLUGGED_IN",
    "read_only": false,
    "needs_restart": false,
    "waiting": false,
    "in_force": true
  },
  {
    "key": "sharing.per_device",
    "value": 4,
    "default": 4,
    "kind": {
      "type": "number",
      "min": 1,
      "max": 64,
      "unit": "count"
    },
    "source": "default",
    "origin": "",
    "variable": "BANYAN_SHARING_PER_DEVICE",
    "read_only": false,
    "needs_restart": false,
    "waiting": false,
    "in_force": true
  },
  {
    "key": "sharing.most_tokens",
    "value": 8192,
    "default": 8192,
    "kind": {
      "type": "number",
      "min": 16,
      "max": 1000000,
      "unit": "count"
    },
    "source": "default",
    "origin": "",
    "variable": "BANYAN_SHARING_MOST_TOKENS",
    "read_only": false,
    "needs_restart": false,
    "waiting": false,
    "in_force": true
  },
  {
    "key": "sharing.stop_at_once",
    "value": false,
    "default": false,
    "kind": {
      "type": "bool"
    },
    "source": "default",
    "origin": "",
    "variable": "BANYAN_SHARING_STOP_AT_ONCE",
    "read_only": false,
    "needs_restart": false,
    "waiting": false,
    "in_force": true
  },
  {
    "key": "log.level",
    "value": "info",
    "default": "info",
    "kind": {
      "type": "choice",
      "options": [
        "error",
        "warn",
        "info",
        "debug",
        "trace"
      ]
    },
    "source": "default",
    "origin": "",
    "variable": "BANYAN_LOG_LEVEL",
    "read_only": false,
    "needs_restart": false,
    "waiting": false,
    "in_force": true
  },
  {
    "key": "log.format",
    "value": "human",
    "default": "human",
    "kind": {
      "type": "choice",
      "options": [
        "human",
        "json"
      ]
    },
    "source": "default",
    "origin": "",
    "variable": "BANYAN_LOG_FORMAT",
    "read_only": false,
    "needs_restart": false,
    "waiting": false,
    "in_force": true
  },
  {
    "key": "log.keep_files",
    "value": 7,
    "default": 7,
    "kind": {
      "type": "number",
      "min": 1,
      "max": 365,
      "unit": "count"
    },
    "source": "default",
    "origin": "",
    "variable": "BANYAN_LOG_KEEP_FILES",
    "read_only": false,
    "needs_restart": false,
    "waiting": false,
    "in_force": true
  },
  {
    "key": "desktop.notifications",
    "value": true,
    "default": true,
    "kind": {
      "type": "bool"
    },
    "source": "default",
    "origin": "",
    "variable": "BANYAN_DESKTOP_NOTIFICATIONS",
    "read_only": false,
    "needs_restart": false,
    "waiting": false,
    "in_force": true
  },
  {
    "key": "desktop.notify_machines",
    "value": true,
    "default": true,
    "kind": {
      "type": "bool"
    },
    "source": "default",
    "origin": "",
    "variable": "BANYAN_DESKTOP_NOTIFY_MACHINES",
    "read_only": false,
    "needs_restart": false,
    "waiting": false,
    "in_force": true
  },
  {
    "key": "desktop.notify_models",
    "value": true,
    "default": true,
    "kind": {
      "type": "bool"
    },
    "source": "default",
    "origin": "",
    "variable": "BANYAN_DESKTOP_NOTIFY_MODELS",
    "read_only": false,
    "needs_restart": false,
    "waiting": false,
    "in_force": true
  }
];
