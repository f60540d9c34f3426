import { everyScreenIsSound } from "../fixtures/screens";

everyScreenIsSound({ theme: "dark", language: "en", width: 1280, height: 800 });
everyScreenIsSound({ theme: "dark", language: "en", width: 420, height: 800 });
