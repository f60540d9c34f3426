import { everyScreenIsSound } from "../fixtures/screens";

everyScreenIsSound({ theme: "light", language: "fa", width: 1280, height: 800 });
everyScreenIsSound({ theme: "dark", language: "fa", width: 420, height: 800 });
