import { everyScreenIsSound } from "../fixtures/screens";

everyScreenIsSound({ theme: "light", language: "fa" });
