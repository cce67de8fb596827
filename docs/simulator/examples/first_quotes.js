// Hear the market with SSI's Node data client: node first_quotes.js CONFIG.js [CHANNEL]
const client = require("ssi-fcdata");
const axios = require("axios");
const config = require(require("path").resolve(process.argv[2]));
const channel = process.argv[3] || "X:VIC-FPT";
const http = axios.create({ baseURL: config.URL, timeout: 5000 });

async function main() {
    const login = await http.post(client.api.GET_ACCESS_TOKEN, {
        consumerID: config.ConsumerID, consumerSecret: config.ConsumerSecret,
    });
    const token = `${client.constants.AUTHORIZATION_SCHEME} ${login.data.data.accessToken}`;
    const list = await http.get(client.api.GET_SECURITIES_LIST, {
        headers: { [client.constants.AUTHORIZATION_HEADER]: token }, params: { market: "HNX", pageIndex: 1, pageSize: 100 },
    });
    console.log(list.data.data.map((row) => row.Symbol).join(" "));

    let told = 0;
    client.initStream({ url: config.stream_url, token });
    client.bind(client.events.onConnected, () => client.switchChannel(channel));
    client.bind(client.events.onData, (message) => {
        const content = JSON.parse(JSON.parse(message).Content);
        console.log(content.Symbol, content.LastPrice, content.BidPrice1, content.AskPrice1);
        if (++told === 10) process.exit(0);
    });
    client.start();
}
main();
