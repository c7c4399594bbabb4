"""Colombian names, cars and cities, commonest first."""

from __future__ import annotations

from devtools.demo.lexicon import Lexicon, car_table, lookup_table, surname_table, word_table

SURNAMES = """
Rodríguez Gómez González Martínez García López Hernández Sánchez Ramírez Pérez Díaz Muñoz Rojas Moreno
Jiménez Vargas Torres Gutiérrez Castro Álvarez Ruiz Ortiz Suárez Castillo Romero Herrera Valencia Medina
Giraldo Rivera Quintero Restrepo Morales Cárdenas Mosquera Jaramillo Parra Osorio Ospina Acosta Bedoya
Betancur Caicedo Cardona Castaño Contreras Córdoba Correa Cortés Cruz Delgado Duque Echeverri Escobar
Espinosa Estrada Fernández Flórez Fonseca Franco Forero Gallego Garzón Guerrero Guevara Guzmán Henao Hoyos
Hurtado Ibarra Jaimes Lara Londoño Lozano Marín Marulanda Mejía Mendoza Mesa Molina Montoya Mora Murillo
Naranjo Navarro Núñez Ochoa Orozco Ortega Pabón Palacios Pardo Patiño Peña Pineda Pinzón Prieto Quiñones
Ramos Rangel Rendón Reyes Rincón Ríos Robledo Rubio Rueda Salazar Salgado Sandoval Santos Serna Sierra
Silva Soto Tamayo Toro Trujillo Uribe Urrego Useche Vanegas Vásquez Vega Velandia Velásquez Vélez Vera
Villa Villamizar Yepes Zapata Zuluaga Ávila Agudelo Aguilar Aguirre Alzate Amaya Angarita Angulo Aponte
Arango Arboleda Arenas Arias Arroyave Ayala Barrera Barrios Bautista Becerra Beltrán Benavides Bermúdez
Bernal Blanco Bonilla Botero Bravo Buitrago Caballero Cabrera Camacho Camargo Campo Cano Carrillo Carvajal
Ceballos Céspedes Chaparro Chavarro Cifuentes Coronado Cuéllar Cuesta Daza
"""
COMPOUND = """
De_la_Hoz De_la_Rosa De_la_Cruz De_los_Ríos Del_Toro Del_Valle De_Ávila La_Rotta San_Juan De_la_Ossa
Ponce_de_León
"""
ROOTS = """
Chipat Guaque Cusgü Gachan Sogam Tibad Nemo Muel Popay Guach Caic Iqui Tumb Chigu Pira Tabar Zipa Ubaq Som
Bacan
"""
ENDINGS = "ecua uiza ía ósiz irá inga ayán etá ones aque ongo anoy iche oque uelo"

MEN = """
Carlos Juan José Luis Jorge Andrés Diego Óscar Jhon Fabián Camilo Felipe Sebastián Alejandro Cristian
Miguel Daniel Santiago Mauricio Wilson Fernando Javier Édgar Hernán Julián Álvaro Jaime César Germán
Gustavo Henry Víctor Nelson Alexánder Brayan Edwin Fredy Giovanni Hugo Iván Jairo Jefferson Jhonatan Kevin
Leonardo Luis Manuel Mario Nicolás Orlando Pablo Pedro Rafael Ramiro Ricardo Robinson Rubén Samuel Sergio
Steven Uriel Wilmer William Yeison Yesid Héctor Harold
"""
MEN_SECOND = """
Andrés Alberto Fernando David Felipe Camilo Carlos Enrique Alejandro Eduardo Antonio Esteban Sebastián
Mauricio Alonso Armando Alexánder Arturo Augusto Darío Daniel Stiven Iván Javier José Leonardo Manuel
Orlando Ramiro Yesid Hernando Humberto
"""
WOMEN = """
María Luz Ana Sandra Claudia Diana Paola Carolina Adriana Martha Gloria Andrea Liliana Natalia Yuli Leidy
Ángela Mónica Johana Catalina Viviana Marcela Patricia Tatiana Blanca Erika Jenny Lina Olga Rosa Sonia
Valentina Yaneth Yolanda
"""
WOMEN_SECOND = """
Patricia Marcela Milena Andrea Paola Fernanda Alejandra Johana Isabel Lucía Carolina del_Pilar Helena
Cristina Stella Viviana Esperanza Mercedes del_Carmen Constanza Tatiana
"""
CARS = """
Chevrolet|Spark GT
Kia|Picanto
Renault|Logan
Hyundai|Grand i10
Renault|Sandero
Chevrolet|Sail
Chevrolet|Beat
Kia|Rio
Renault|Kwid
Mazda|2
Nissan|Versa
Chevrolet|Onix
Hyundai|Accent
Suzuki|Swift
Volkswagen|Gol
Nissan|March
Renault|Stepway
Suzuki|S-Presso
Kia|Soluto
Toyota|Yaris
Ford|Fiesta
Suzuki|Dzire
Volkswagen|Voyage
Hyundai|Atos
Mazda|3
JAC|J2
Changan|Alsvin
BYD|Dolphin
Chery|QQ
"""
CITIES = [
    ("Bogotá", ""),
    ("Medellín", ""),
    ("Cali", ""),
    ("Barranquilla", ""),
    ("Bucaramanga", ""),
    ("Pereira", ""),
]
NICKNAMES = {
    "José": "Pepe",
    "Luis": "Lucho",
    "Carlos": "Carlitos",
    "Francisco": "Pacho",
    "Alejandro": "Alejo",
    "Sebastián": "Sebas",
    "Nicolás": "Nico",
    "Juan": "Juancho",
    "Fernando": "Nando",
    "Eduardo": "Lalo",
    "María": "Mary",
}


def colombian_lexicon() -> Lexicon:
    """The Colombian lexicon; a licence number is the identity card number, so cities carry no letter."""
    return Lexicon(
        country="CO",
        calling_code="57",
        surnames=surname_table(SURNAMES, COMPOUND, ROOTS, ENDINGS, tail=0.08, particles=0.015),
        men=word_table(MEN),
        men_second=word_table(MEN_SECOND),
        women=word_table(WOMEN),
        women_second=word_table(WOMEN_SECOND),
        cars=car_table(CARS),
        colors=["Blanco", "Gris", "Plata", "Negro", "Rojo", "Azul", "Amarillo", "Beige"],
        cities=lookup_table(CITIES, [48, 17, 14, 9, 7, 5]),
        nicknames=NICKNAMES,
    )
